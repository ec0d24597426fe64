internal import Glibc
internal import Host
internal import KnockControl
internal import KnockCore

/// Talks with `knockgate` over the control socket: a bounded number of clients, each with a bounded request and a
/// bounded time, none of whom is ever waited for (R16).
///
///     hello ─▶ client ──hear()──▶ Request ─▶ the loop applies it ─▶ Reply ──say()──▶ client ─▶ gone
struct ControlServer: ~Copyable {
    /// This many at once; when one more comes, the one that came first has to go.
    static let mostClients = 16
    /// How long a client may take to ask and to listen.
    static let patience = Duration.seconds(5)

    /// One who is being served, known to the poller by its token.
    private final class Client {
        let descriptor: Descriptor
        let token: UInt64
        let deadline: Instant
        var request: [UInt8] = []
        var reply: [UInt8] = []
        var sent = 0

        init(_ descriptor: consuming Descriptor, token: UInt64, deadline: Instant) {
            self.descriptor = descriptor
            (self.token, self.deadline) = (token, deadline)
        }
    }

    private let listener: UnixListener
    private var clients: [Client] = []  // In the order in which they came.
    private var nextToken: UInt64

    /// Listens at `path`. Clients get tokens from `firstToken` on.
    static func listen(at path: String, firstToken: UInt64) throws(HostError) -> ControlServer {
        ControlServer(listener: try UnixListener.bind(path), nextToken: firstToken)
    }

    private init(listener: consuming UnixListener, nextToken: UInt64) {
        self.listener = listener
        self.nextToken = nextToken
    }

    /// The descriptor that becomes readable when somebody wants to talk.
    var descriptor: Int32 { listener.descriptor.number }

    /// When the next client runs out of time.
    var nextDeadline: Instant? { clients.first?.deadline }

    /// Lets in those who wait.
    mutating func hello(_ poller: borrowing Poller, at now: Instant) {
        while let descriptor = listener.accept() {
            if clients.count == ControlServer.mostClients { clients.removeFirst() }
            let deadline = now.advanced(by: ControlServer.patience)
            let client = Client(descriptor, token: nextToken, deadline: deadline)
            nextToken += 1
            do throws(HostError) {
                try poller.watch(client.descriptor.number, for: .reading, as: client.token)
                clients.append(client)
            } catch {
                Console.say(.warning, "\(error)")
            }
        }
    }

    /// Hears what the client `token` has to say: a request, once it is whole, or why what came isn't one. While its reply
    /// is on the way to it, that goes on instead.
    mutating func hear(_ token: UInt64) -> Result<Request, RequestError>? {
        guard let client = clients.first(where: { $0.token == token }) else { return nil }
        guard client.reply.isEmpty else {
            push(client)
            return nil
        }
        var chunk = [UInt8](repeating: 0, count: Request.longestLine + 1 - client.request.count)
        let count = unsafe read(client.descriptor.number, &chunk, chunk.count)
        guard count > 0 else {
            if count == 0 || errno != EAGAIN { leave(client) }
            return nil
        }
        client.request += chunk[..<count]
        if let end = client.request.firstIndex(of: UInt8(ascii: "\n")) {
            let line = Array(client.request[...end])
            return Result { () throws(RequestError) in try Request(line: line) }
        }
        return client.request.count > Request.longestLine ? .failure(.tooLong) : nil
    }

    /// Who the client `token` is.
    func peer(of token: UInt64) -> Peer? {
        clients.first { $0.token == token }.flatMap { Peer(of: $0.descriptor.number) }
    }

    /// Answers the client `token`, as fast as it listens.
    mutating func say(_ reply: Reply, to token: UInt64, _ poller: borrowing Poller) {
        guard let client = clients.first(where: { $0.token == token }) else { return }
        client.reply = reply.bytes
        do throws(HostError) {
            try poller.watch(client.descriptor.number, for: .writing, as: token)
            push(client)
        } catch {
            leave(client)
        }
    }

    /// Sends away those whose time is up.
    mutating func expire(at now: Instant) {
        clients.removeAll { now >= $0.deadline }
    }

    /// Takes the socket's file away.
    func close() { listener.removeFile() }

    private mutating func push(_ client: Client) {
        let (number, sent) = (client.descriptor.number, client.sent)
        let count = unsafe client.reply.withUnsafeBufferPointer { bytes in
            // `sent` never passes the end of the reply.
            unsafe send(
                number, bytes.baseAddress.map { unsafe $0 + sent }, bytes.count - sent,
                Int32(MSG_NOSIGNAL | MSG_DONTWAIT))
        }
        if count > 0 { client.sent += count }
        let isStuck = count < 0 && errno != EAGAIN && errno != EINTR
        if isStuck || client.sent == client.reply.count { leave(client) }
    }

    private mutating func leave(_ client: Client) {
        clients.removeAll { $0 === client }
    }
}
