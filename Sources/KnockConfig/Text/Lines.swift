/// A line of a file, without its end.
struct Line {
    let content: Token
    /// Whether it isn't text, which was reported: what it says can only be guessed.
    let isBroken: Bool
}

extension ConfigurationText {
    /// The lines of the file, which stands at `index` among those read. A byte order mark and both kinds of line end
    /// are understood; bytes that aren't UTF-8 and control characters are reported, NUL bytes once.
    func lines(at index: Int, findings: inout Findings) -> [Line] {
        let text = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes.dropFirst(3) : bytes[...]
        var hasNUL = false
        return text.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated().map { number, bytes in
            let start = Place(file: index, line: number + 1, column: 1)
            let bytes = bytes.last == 0x0D ? bytes.dropLast() : bytes
            let content = Token(String(decoding: bytes, as: UTF8.self)[...], at: start)
            guard let flaw = Flaw(of: bytes) else { return Line(content: content, isBroken: false) }
            if flaw.kind != .nul || !hasNUL { findings.error(flaw.message, at: start.advanced(by: flaw.column)) }
            hasNUL = hasNUL || flaw.kind == .nul
            return Line(content: content, isBroken: true)
        }
    }
}

/// The first thing in a line that has no place in a text.
private struct Flaw {
    enum Kind: Equatable {
        case nul
        case control(Unicode.Scalar)
        case notUTF8
    }

    let kind: Kind
    /// How many characters stand before it.
    let column: Int

    init?(of bytes: ArraySlice<UInt8>) {
        var parser = Unicode.UTF8.ForwardParser()
        var rest = bytes.makeIterator()
        var length = 0
        while true {
            switch parser.parseScalar(from: &rest) {
            case .emptyInput: return nil
            case .error: kind = .notUTF8
            case .valid(let encoded):
                let scalar = Unicode.UTF8.decode(encoded)
                guard scalar.properties.generalCategory == .control, scalar != "\t" else {
                    length += encoded.count
                    continue
                }
                kind = scalar == "\0" ? .nul : .control(scalar)
            }
            column = String(decoding: bytes.prefix(length), as: UTF8.self).count
            return
        }
    }

    var message: String {
        switch kind {
        case .nul: "a NUL byte: this isn't a text file (is it UTF-16? save it as UTF-8)"
        case .control(let scalar): "a control character (\(scalar.name)) has no place here"
        case .notUTF8: "this isn't UTF-8: save the file as UTF-8"
        }
    }
}
