internal import CHost
internal import CNetfilter
internal import Glibc
public import Host

/// A Netfilter queue: packets come out, and each gets its answer. IPv4 and IPv6 share it.
///
///     receive() ─▶ up to 64 messages ─▶ read { packet, bytes in … } ─▶ answer { packet in … } ─▶ send() ─▶ the kernel
///
/// The sequence is in the hands of the loop, so that it can put something between reading, deciding and answering.
@safe public struct PacketQueue: ~Copyable {
    /// How many packets are received in one call, and answered in one.
    public static let batchSize = 64
    /// How many bytes of a packet are copied to us.
    static let copyRange: Int32 = 2048
    /// The socket's buffer in bytes: the kernel's usual one holds only 256 small packets.
    static let receiveBuffer: Int32 = 16 << 20

    public let number: UInt16
    private let socket: NetlinkSocket
    private let batch: OpaquePointer
    private var received = 0
    /// Whether the kernel has said that the queue isn't ours any longer: nothing will come out of it again.
    public private(set) var isLost = false
    private var waiting: [QueuedPacket] = []
    private var sheet: AnswerSheet
    private var pace = Pace()

    /// Binds queue `number`, in which the kernel holds at most `length` packets for us.
    ///
    /// Without FAIL_OPEN: when nobody answers, or the queue is full, packets are dropped.
    public static func bind(_ number: UInt16, length: Int) throws(QueueError) -> PacketQueue {
        let socket = try NetlinkSocket.open(receiveBuffer: receiveBuffer)
        try socket.bind(queue: number, length: length, copyRange: copyRange)
        return try PacketQueue(number: number, socket: socket)
    }

    /// Goes on with the queue `number` by the socket of a listener that has left, so that no packet is lost in between:
    /// what came meanwhile waits in the socket. What that one had taken without answering comes round to the queue anew.
    ///
    /// - Returns: nil when `descriptor` isn't what the kernel knows as that queue's listener.
    public static func adopt(
        _ descriptor: consuming Descriptor, as number: UInt16, length: Int
    ) throws(QueueError) -> PacketQueue? {
        // What has got a number by now is seen in the socket below, or has been taken out of it.
        guard let socket = NetlinkSocket.adopt(descriptor), let before = QueueStatistics(queue: number),
            before.owner == socket.port
        else { return nil }
        try socket.setUp(queue: number, length: length, copyRange: copyRange)
        let taken = socket.firstWaiting().map { $0 &- 1 } ?? before.lastID
        var queue = try PacketQueue(number: number, socket: socket)
        queue.sheet.sendRound(upTo: taken)
        do { try queue.send() } catch { throw .failed(error) }
        return queue
    }

    private init(number: UInt16, socket: consuming NetlinkSocket) throws(QueueError) {
        guard let batch = unsafe host_batch_make(UInt32(PacketQueue.batchSize), 4096) else {
            throw .failed(HostError("set aside memory for", "queue \(number)", code: ENOMEM))
        }
        self.number = number
        self.socket = socket
        unsafe self.batch = batch
        sheet = AnswerSheet(queue: number, capacity: PacketQueue.batchSize)
        waiting.reserveCapacity(PacketQueue.batchSize)
    }

    deinit {
        unsafe host_batch_free(batch)  // Made in `bind`, and nobody else's.
    }

    /// The descriptor that becomes readable when packets wait.
    public var descriptor: Int32 { socket.descriptor }

    /// Whether packets come so fast that one should wait a moment before receiving, and how long (nanoseconds).
    public var pause: Int? { pace.isBusy ? Pace.pause : nil }

    /// What the kernel says of this queue; nil when it doesn't know us as its listener any more.
    public var statistics: QueueStatistics? {
        QueueStatistics(queue: number).flatMap { $0.owner == socket.port ? $0 : nil }
    }

    /// Has the kernel say so, in a message for `read`, if the queue isn't ours any longer: somebody took it from us, or its
    /// module went and came back.
    public func ask() throws(QueueError) { try socket.ask(queue: number) }

    /// Whether this answer to a message of ours says that the queue is nobody's (ENODEV), another's (EPERM), or unknown to a
    /// kernel without the module (EINVAL). An answer to a packet that has gone meanwhile, with its network card, is ENOENT.
    static func meansLoss(_ code: Int32) -> Bool { [ENODEV, EPERM, EINVAL].contains(code) }

    /// Who has the queue now, in words for whoever must give it back; or what we lack to go on with it.
    public var loss: QueueError {
        guard Capability.effective.contains(.administeringNetwork) else { return .notPermitted(queue: number) }
        return .lost(queue: number, owner: QueueStatistics(queue: number)?.owner)
    }

    /// Lets the kernel hold at most `length` packets for us from now on.
    public func resize(to length: Int) throws(QueueError) {
        try socket.resize(queue: number, to: length)
    }

    /// Takes what waits, up to a batch; answers how many messages that were.
    public mutating func receive() throws(HostError) -> Int {
        let count = unsafe host_batch_receive(batch, socket.descriptor)
        received = Int(max(0, count))
        guard count < 0 else { return received }
        switch errno {
        case EAGAIN, EINTR: return 0
        case ENOBUFS, ENOMEM: return 0  // The kernel has counted what it lost, and memory comes back.
        default: throw HostError("receive from", "queue \(number)")
        }
    }

    /// Reads the packets received, in the order of their arrival.
    ///
    /// - Parameter body: is given each packet and the copied bytes of it (none where its message held none).
    public mutating func read(at now: Int64, _ body: (QueuedPacket, Span<UInt8>) -> Void) {
        pace.note(received, at: now)
        for index in 0..<received {
            var length = 0
            let start = unsafe host_batch_bytes(batch, UInt32(index), &length)
            // The batch's bytes stay as they are until the next receive.
            let message = unsafe Span(_unsafeStart: start, count: length)
            switch QueueMessage(reading: message) {
            case .packet(let packet):
                body(packet, message.extracting(packet.payload ?? 0..<0))
                waiting.append(packet)
            case .acknowledgement(let code): if PacketQueue.meansLoss(code) { isLost = true }
            case .unreadable: break
            }
        }
        received = 0
    }

    /// Asks `decide` about each packet that was read, in the same order, and takes down the answers.
    public mutating func answer(_ decide: (QueuedPacket) -> Answer) {
        for packet in waiting { sheet.add(decide(packet), to: packet.id) }
        waiting.removeAll(keepingCapacity: true)
    }

    /// Sends the answers taken down, all in one call.
    public mutating func send() throws(HostError) {
        let (descriptor, number) = (socket.descriptor, number)
        try unsafe sheet.finish { messages throws(HostError) in
            while unsafe Glibc.send(descriptor, messages.baseAddress, messages.count, 0) < 0 {
                switch errno {
                // The kernel is short of memory for the moment.
                case EINTR, EAGAIN, ENOBUFS, ENOMEM: Clock.pause(nanoseconds: 100_000)
                default: throw HostError("answer packets of", "queue \(number)")
                }
            }
        }
    }
}
