import Foundation
import KnockCore
import PacketForge
import Subprocess
import Testing

extension Stories {
    @Suite struct `ssh's ProxyCommand` {
        @Test(.timeLimit(.minutes(1)))
        func `ssh logs in and scp copies through a closed door, over IPv4 and IPv6`() async throws {
            try await Stage.withDaemon(sshDoor(openFor: "1s", ["connections = 1"]), behind: .rejecting) {
                stage, daemon in
                try await stage.withSSHServer { sshd in
                    let proxied = try sshd.proxyCommand(stage.knownHosts())
                    let file = stage.path("ten-megabytes")
                    let bytes = Data((0..<10 << 17).map { _ in UInt64.random(in: 0...UInt64.max) }.flatMap(\.octets))
                    try bytes.write(to: URL(filePath: file))
                    for visitor in stage.bothFamilies {
                        let closed = try await sshd.ssh("true", options: ["-o", "ConnectTimeout=1"])
                        #expect(closed.status == .exited(255), "\(closed)")
                        // ssh passes on the address as %h; the server's key is known by its IPv4 address.
                        let there = ["-o", "HostName=\(visitor.server)", "-o", "HostKeyAlias=203.0.113.5"]
                        let login = try await sshd.ssh("echo $SSH_CLIENT", options: proxied + there)
                        #expect(login.output.hasPrefix("\(visitor.address) "), "\(login)")

                        let copy = stage.path("copy-over-\(visitor.server)")
                        try await sshd.scp(file, "root@203.0.113.5:\(copy)", options: proxied + there).succeeded()
                        #expect(FileManager.default.contentsEqual(atPath: file, andPath: copy))
                        let back = stage.path("back-over-\(visitor.server)")
                        try await sshd.scp("root@203.0.113.5:\(copy)", back, options: proxied + there).succeeded()
                        #expect(FileManager.default.contentsEqual(atPath: file, andPath: back))
                    }
                    try await #expect(daemon.status().opened == 6)
                }
            }
        }
    }
}

extension SSHServer {
    fileprivate func proxyCommand(_ hosts: String) throws -> [String] {
        ["-o", "ProxyCommand=\(try Program.knockgate.path) connect \(hosts) %h %p"]
    }

    fileprivate func scp(_ from: String, _ to: String, options: [String]) async throws -> Finished {
        // -O: the stage's sshd has no sftp.
        try await stage.client.machine.run(.scp, identity + options + ["-O", from, to], within: .seconds(20))
    }
}

extension Program {
    fileprivate static let scp = Program(name: "scp", package: "openssh-client")
}

extension UInt64 {
    fileprivate var octets: [UInt8] { (0..<8).map { UInt8(truncatingIfNeeded: self >> (8 * $0)) } }
}
