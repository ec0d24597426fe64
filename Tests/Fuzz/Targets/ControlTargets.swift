import KnockControl

extension FuzzTarget {
    /// What the daemon reads of whoever has connected to its socket.
    static let request = FuzzTarget(
        "request", longest: 520, of: ["Sources/KnockControl/RequestParsing.swift"]
    ) { bytes throws(BrokenPromise) in
        switch Result(catching: { () throws(RequestError) in try Request(line: bytes) }) {
        case .success(let request):
            try promise((try? Request(line: request.line)) == request, "written again, \(request) is another request")
            return .understood
        case .failure(let error):
            // It goes to the client's terminal, in a reply.
            try checkText("\(error)")
            try checkReply(.bad("\(error)"))
            return .refused
        }
    }

    /// What the client reads of whoever has bound the socket's path.
    static let reply = FuzzTarget(
        "reply", longest: 700,
        of: ["Sources/KnockControl/ReplyParsing.swift", "Sources/KnockControl/StatusParsing.swift"]
            + ["Sources/KnockControl/LineWords.swift", "Sources/KnockControl/Words.swift"]
    ) { bytes throws(BrokenPromise) in
        switch Result(catching: { () throws(ReplyError) in try Reply(bytes: bytes) }) {
        case .success(let reply):
            try promise(Reply.isWhole(bytes), "a reply that isn't whole was read")
            try checkReply(reply)
            return .understood
        case .failure(let error):
            try checkText("\(error)")
            return .refused
        }
    }

    private static func checkReply(_ reply: Reply) throws(BrokenPromise) {
        try promise(Reply.isWhole(reply.bytes), "\(reply) is written without an end")
        try promise((try? Reply(bytes: reply.bytes)) == reply, "written again, \(reply) is another reply")
    }
}
