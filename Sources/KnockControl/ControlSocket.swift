/// Where the daemon and `knockgate` meet.
///
/// The client connects to a Unix stream socket, writes one `Request` line, and reads one `Reply`:
///
///     knockgate/1 open ssh 198.51.100.7 300s        the request, at most 512 bytes with its newline
///     done door ssh is open for 198.51.100.7        the reply: what became of it …
///     + until 14:05:10                              … in more lines if need be
///     end                                           its last line, so that a cut reply is noticed
///
/// Lines are UTF-8 and end with a newline; words are divided by single spaces.
public enum ControlSocket {
    /// The socket's path unless `--socket` names another.
    public static let defaultPath = "/run/knockgate/control.sock"

    /// The first word of every request: the protocol and its version.
    static let greeting = "knockgate/1"
}
