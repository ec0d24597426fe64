internal import CHost
internal import CNetfilter
internal import Glibc
internal import Host

/// A netlink socket to the kernel's netfilter (libmnl), which hears nobody but the kernel.
@safe struct NetlinkSocket: ~Copyable {
    private let socket: OpaquePointer

    static func open(receiveBuffer: Int32) throws(QueueError) -> NetlinkSocket {
        guard let pointer = unsafe mnl_socket_open2(NETLINK_NETFILTER, Int32(SOCK_CLOEXEC.rawValue)) else {
            throw errno == EPROTONOSUPPORT ? .missing : .failed(HostError("open", "a netlink socket"))
        }
        let socket = unsafe NetlinkSocket(socket: pointer)
        guard unsafe mnl_socket_bind(pointer, 0, 0) == 0, host_netlink_connect(socket.descriptor) == 0 else {
            throw .failed(HostError("bind", "a netlink socket"))
        }
        socket.set(SOL_SOCKET, SO_RCVBUFFORCE, to: receiveBuffer)
        // Losses are counted by the kernel; an error on each receive would only cost time (netlink(7)).
        socket.set(SOL_NETLINK, NETLINK_NO_ENOBUFS, to: 1)
        return socket
    }

    /// Goes on with a socket that an earlier process has opened here; nil when `descriptor` is something else.
    static func adopt(_ descriptor: consuming Descriptor) -> NetlinkSocket? {
        let number = descriptor.number
        guard option(SO_DOMAIN, of: number) == AF_NETLINK, option(SO_PROTOCOL, of: number) == NETLINK_NETFILTER,
            let socket = unsafe mnl_socket_fdopen(number)
        else { return nil }
        _ = descriptor.release()  // `socket` closes it now.
        return unsafe NetlinkSocket(socket: socket)
    }

    private init(socket: OpaquePointer) {
        unsafe self.socket = socket
    }

    deinit {
        unsafe mnl_socket_close(socket)  // Opened in `open`, and nobody else's.
    }

    var descriptor: Int32 { unsafe mnl_socket_get_fd(socket) }

    /// The socket's netlink address: the process's id, unless that was taken.
    var port: UInt32 { unsafe mnl_socket_get_portid(socket) }

    /// Binds the queue and sets it up, in one message, so that no packet ever meets it half made.
    func bind(queue: UInt16, length: Int, copyRange: Int32) throws(QueueError) {
        let code = try unsafe configure(queue) { message in
            // The attributes take some 60 bytes of the message's 512.
            unsafe nfq_nlmsg_cfg_put_cmd(message, UInt16(AF_UNSPEC), UInt8(NFQNL_CFG_CMD_BIND.rawValue))
            unsafe NetlinkSocket.putSettings(message, length: length, copyRange: copyRange)
        }
        try check(code, queue: queue)
    }

    /// Sets up a queue that is bound already, without waiting for the kernel's answer: packets may stand before that.
    func setUp(queue: UInt16, length: Int, copyRange: Int32) throws(QueueError) {
        try unsafe send(queue, flags: 0) { message in
            unsafe NetlinkSocket.putSettings(message, length: length, copyRange: copyRange)
        }
    }

    private static func putSettings(_ message: UnsafeMutablePointer<nlmsghdr>, length: Int, copyRange: Int32) {
        // Some 40 bytes, for which whoever gives the message has made room.
        unsafe nfq_nlmsg_cfg_put_params(message, UInt8(NFQNL_COPY_PACKET.rawValue), copyRange)
        unsafe nfq_nlmsg_cfg_put_qmaxlen(message, UInt32(length))
        let (wanted, unwanted) = (UInt32(NFQA_CFG_F_GSO), UInt32(NFQA_CFG_F_FAIL_OPEN | NFQA_CFG_F_CONNTRACK))
        unsafe mnl_attr_put_u32(message, UInt16(NFQA_CFG_FLAGS.rawValue), wanted.bigEndian)
        unsafe mnl_attr_put_u32(message, UInt16(NFQA_CFG_MASK.rawValue), (wanted | unwanted).bigEndian)
    }

    /// The number of the first packet that waits in the socket's buffer, where it stays; nil when none does.
    func firstWaiting() -> UInt32? {
        var buffer = [UInt8](repeating: 0, count: 8192)
        while true {
            let count = unsafe recv(descriptor, &buffer, buffer.count, Int32(MSG_PEEK) | Int32(MSG_DONTWAIT))
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return nil }
            if case .packet(let packet) = QueueMessage(reading: buffer.span.extracting(0..<count)) { return packet.id }
            _ = unsafe recv(descriptor, &buffer, buffer.count, Int32(MSG_DONTWAIT))  // An answer to the dead.
        }
    }

    /// Changes how many packets the kernel holds, without waiting for its answer, as `setUp` does.
    func resize(queue: UInt16, to length: Int) throws(QueueError) {
        try unsafe send(queue, flags: 0) { message in
            unsafe nfq_nlmsg_cfg_put_qmaxlen(message, UInt32(length))  // 8 bytes of the message's 512.
        }
    }

    /// Sends a configuration message that changes nothing; what comes back is only an error: the queue isn't this socket's.
    func ask(queue: UInt16) throws(QueueError) {
        try unsafe send(queue, flags: 0) { _ in }
    }

    /// Sends a configuration message and answers the errno that comes back.
    private func configure(
        _ queue: UInt16, _ fill: (UnsafeMutablePointer<nlmsghdr>) -> Void
    ) throws(QueueError) -> Int32 {
        try unsafe send(queue, flags: NLM_F_ACK, fill)
        var buffer = [UInt8](repeating: 0, count: 8192)
        while true {
            let count = unsafe recv(descriptor, &buffer, buffer.count, 0)
            guard count > 0 else { throw .failed(HostError("bind", "queue \(queue)")) }
            // Packets may come before the answer; nobody has seen them, and the first gap in the numbers drops them.
            if case .acknowledgement(let code) = QueueMessage(reading: buffer.span.extracting(0..<count)) {
                return code
            }
        }
    }

    private func send(
        _ queue: UInt16, flags: Int32, _ fill: (UnsafeMutablePointer<nlmsghdr>) -> Void
    ) throws(QueueError) {
        var buffer = [CChar](repeating: 0, count: 512)
        let size = unsafe buffer.withUnsafeMutableBufferPointer { buffer -> Int in
            // The header takes 20 of the 512 bytes, what `fill` adds is far less than the rest.
            guard let base = buffer.baseAddress,
                let message = unsafe nfq_nlmsg_put(base, Int32(NFQNL_MSG_CONFIG.rawValue), UInt32(queue))
            else { return 0 }
            unsafe message.pointee.nlmsg_flags |= UInt16(flags)
            unsafe fill(message)
            return unsafe Int(message.pointee.nlmsg_len)
        }
        guard unsafe Glibc.send(descriptor, &buffer, size, 0) == size else {
            throw .failed(HostError("configure", "queue \(queue)"))
        }
    }

    /// Puts the kernel's errno into words. A queue that is taken answers EPERM, as a missing capability does.
    private func check(_ code: Int32, queue: UInt16) throws(QueueError) {
        switch code {
        case 0: return
        case EPERM, EBUSY:
            guard Capability.effective.contains(.administeringNetwork) else { throw .notPermitted(queue: queue) }
            throw .taken(queue: queue, owner: QueueStatistics(queue: queue)?.owner ?? 0)
        case EINVAL, EOPNOTSUPP, ENOTSUP: throw .missing
        default: throw .failed(HostError("bind", "queue \(queue)", code: code))
        }
    }

    private static func option(_ option: Int32, of descriptor: Int32) -> Int32? {
        var value: Int32 = 0
        var length = socklen_t(MemoryLayout.size(ofValue: value))
        return unsafe getsockopt(descriptor, SOL_SOCKET, option, &value, &length) == 0 ? value : nil
    }

    private func set(_ level: Int32, _ option: Int32, to value: Int32) {
        var value = value
        // Both options only make things better; without them the queue still works.
        _ = unsafe setsockopt(descriptor, level, option, &value, socklen_t(MemoryLayout.size(ofValue: value)))
    }
}
