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

    let listener: UnixListener
    private var clients: [Client] = []  // In the order in which they came.
    /// By what the poller names somebody who wants to talk; clients get the tokens after it.
    private let token: UInt64
    private var nextToken: UInt64
    /// Until when nobody is let in: the system had no descriptor left.
    private var restsUntil: Instant?

    /// Listens at `path`; whoever wants to talk there comes as `token`.
    static func listen(at path: String, as token: UInt64) throws(HostError) -> ControlServer {
        ControlServer(listener: try UnixListener.bind(path), token: token)
    }

    private init(listener: consuming UnixListener, token: UInt64) {
        self.listener = listener
        self.token = token
        nextToken = token + 1
    }

    /// Begins to let people in.
    func open(_ poller: borrowing Poller) throws(HostError) {
        try poller.watch(listener.descriptor.number, for: .reading, as: token)
    }

    /// When the next client runs out of time, or others may be let in again: the moment to call `expire`.
    var nextDeadline: Instant? { restsUntil ?? clients.first?.deadline }

    /// Lets in those who wait: no more of them than can be served, so that the packets get their turn, too.
    mutating func hello(_ poller: borrowing Poller, at now: Instant) {
        do throws(HostError) {
            for _ in 0..<ControlServer.mostClients {
                guard let descriptor = try listener.accept() else { return }
                try serve(descriptor, poller, at: now)
            }
        } catch {
            Console.say(.warning, "\(error)")
            poller.forget(listener.descriptor.number)
            restsUntil = now.advanced(by: .seconds(1))
        }
    }

    private mutating func serve(
        _ descriptor: consuming Descriptor, _ poller: borrowing Poller, at now: Instant
    ) throws(HostError) {
        if clients.count == ControlServer.mostClients { clients.removeFirst() }
        let client = Client(descriptor, token: nextToken, deadline: now.advanced(by: ControlServer.patience))
        nextToken += 1
        try poller.watch(client.descriptor.number, for: .reading, as: client.token)
        clients.append(client)
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

    /// Sends away those whose time is up, and lets others in again after a rest.
    mutating func expire(_ poller: borrowing Poller, at now: Instant) throws(HostError) {
        clients.removeAll { now >= $0.deadline }
        if let end = restsUntil, now >= end {
            restsUntil = nil
            try open(poller)
        }
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
