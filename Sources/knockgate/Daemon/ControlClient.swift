import ArgumentParser
import KnockControl

/// Asks the daemon over its control socket: one connection for each request.
struct ControlClient {
    let path: String
    /// How long the daemon may take, from the connection to the reply's last byte.
    var patience: Duration = .seconds(5)

    /// Asks for something that is done or refused, and answers with what was done.
    func order(_ request: Request) throws(Failure) -> String {
        guard case .done(let text) = try ask(request) else { throw unexpected }
        return text
    }

    /// Asks how things stand.
    func status() throws(Failure) -> Status {
        guard case .status(let status) = try ask(.status) else { throw unexpected }
        return status
    }

    private func ask(_ request: Request) throws(Failure) -> Reply {
        guard request.line.count <= Request.longestLine else {
            throw Failure(.badUsage, "a request has at most \(Request.longestLine) bytes, this one is longer")
        }
        let connection = try ControlConnection.open(path: path, patience: patience)
        try connection.send(request.line)
        let reply = try read(try connection.receive())
        switch reply {
        case .done, .status: return reply
        case .refused(let text): throw Failure(.no, text)
        case .bad(let text): throw Failure(.noDaemon, "the daemon at \(path) doesn't understand: \(text)")
        }
    }

    private func read(_ bytes: [UInt8]) throws(Failure) -> Reply {
        do {
            return try Reply(bytes: bytes)
        } catch {
            throw Failure(.noDaemon, "\(path): \(error)")
        }
    }

    private var unexpected: Failure { Failure(.noDaemon, "the daemon at \(path) answers something else") }
}
