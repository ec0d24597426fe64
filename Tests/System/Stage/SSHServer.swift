/// A real sshd on port 22 of the stage's server, with a host key and one user's key of its own.
import Foundation

struct SSHServer: Sendable {
    let stage: Stage

    /// The first line that an ssh server says to whoever connects.
    static let banner = "SSH-2.0-OpenSSH"

    /// Logs in with the key from the client's machine, and runs a command there.
    func ssh(_ command: String, options: [String] = [], within limit: Duration = .seconds(10)) async throws -> Finished
    {
        try await stage.client.machine.run(
            .ssh, identity + options + ["root@203.0.113.5", command], within: limit)
    }

    /// The options by which ssh and scp log in with the key.
    var identity: [String] {
        [
            "-F", "none", "-i", stage.path("user_key"), "-o", "UserKnownHostsFile=\(stage.path("known_hosts"))",
            "-o", "StrictHostKeyChecking=yes", "-o", "BatchMode=yes", "-o", "IdentitiesOnly=yes",
        ]
    }
}

extension Stage {
    /// Starts sshd, plays the story, and stops it.
    func withSSHServer<Answer: Sendable>(_ story: (SSHServer) async throws -> Answer) async throws -> Answer {
        for key in ["host_key", "user_key"] {
            try await Program.sshKeygen.run(["-q", "-t", "ed25519", "-N", "", "-f", path(key)]).succeeded()
        }
        try write("203.0.113.5 " + contents(of: "host_key.pub"), to: "known_hosts")
        try write(contents(of: "user_key.pub"), to: "authorized_keys")
        let configuration = try write(
            """
            Port 22
            HostKey \(path("host_key"))
            AuthorizedKeysFile \(path("authorized_keys"))
            PidFile none
            PermitRootLogin prohibit-password
            StrictModes no
            UsePAM no
            """, to: "sshd_config")
        // Where the service never ran, the folder that sshd locks its unprivileged part in is missing.
        try FileManager.default.createDirectory(atPath: "/run/sshd", withIntermediateDirectories: true)
        return try await server.hosting(
            .sshd, ["-D", "-e", "-f", configuration], ready: "Server listening on 0.0.0.0 port 22"
        ) { _ in try await story(SSHServer(stage: self)) }.answer
    }
}
