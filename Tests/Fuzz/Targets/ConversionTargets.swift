import KnockConfig
import KnockConvert
import KnockCore

extension FuzzTarget {
    /// knockd.conf: what comes of it is a configuration, or a refusal that names a line.
    static let knockd = FuzzTarget(
        "knockd", longest: 500,
        of: ["Sources/KnockConvert/Knockd", "Sources/KnockConvert/Commands", "Sources/KnockConvert/Page"]
    ) { bytes throws(BrokenPromise) in
        try check(bytes) { text throws(Refusal) in try Conversion.knockd(text) }
    }

    /// The rules of iptables' `recent`.
    static let recent = FuzzTarget(
        "recent", longest: 700, of: ["Sources/KnockConvert/Recent", "Sources/KnockConvert/Page"]
    ) { bytes throws(BrokenPromise) in
        try check(bytes) { text throws(Refusal) in try Conversion.recent(text) }
    }

    private static func check(
        _ bytes: [UInt8], _ convert: (ForeignText) throws(Refusal) -> Conversion
    ) throws(BrokenPromise) -> Outcome {
        switch Result(catching: { () throws(Refusal) in
            try convert(ForeignText(file: "k.conf", bytes: bytes, version: "0"))
        }) {
        case .success(let conversion):
            let page = Configuration.read([ConfigurationText(file: "page", text: conversion.text)])
            try promise(
                page.configuration?.rules.doors.count == conversion.doors,
                "\(conversion.doors) doors, and as many don't stand in the page: \(conversion.text)")
            return .understood
        case .failure(let refusal):
            try checkText("\(refusal)")
            try promise("\(refusal)".hasPrefix("k.conf:"), "a refusal of nothing: \(refusal)")
            let lines = bytes.count { $0 == 0x0A } + 1
            for complaint in "\(refusal)".split(separator: "\n") { try checkPlace(of: complaint, lines: lines) }
            return .refused
        }
    }

    /// Where a complaint names a line, that line is there; one without the file goes on with the one before.
    private static func checkPlace(of complaint: Substring, lines: Int) throws(BrokenPromise) {
        guard complaint.hasPrefix("k.conf:") else { return }
        let line = complaint.dropFirst("k.conf:".count).prefix { $0.isNumber }
        guard !line.isEmpty else { return }
        try promise((1...lines).contains(Int(line) ?? 0), "there's no such line: \(complaint)")
    }
}
