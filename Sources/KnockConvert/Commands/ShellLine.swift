/// A line for sh(1), taken apart as far as firewall commands need it: simple commands, and their words.
///
///     iptables -C INPUT … || sudo iptables -I INPUT …; logger 'open now' >/dev/null
///     [iptables -C INPUT …] [iptables -I INPUT …]      [logger, open now]
struct ShellLine {
    /// Each command's words, without what runs it (`sudo`, `if`, `VARIABLE=value`), and without redirections.
    private(set) var commands: [[String]] = []

    /// How deep `sh -c 'sh -c …'` is followed.
    private static let deepest = 3

    init(_ text: some StringProtocol, depth: Int = 0) {
        for words in ShellLine.split(text) {
            let words = ShellLine.unwrapped(words)
            if let script = ShellLine.script(words), depth < ShellLine.deepest {
                commands += ShellLine(script, depth: depth + 1).commands
            } else if !words.isEmpty {
                commands.append(words)
            }
        }
    }

    private static func split(_ text: some StringProtocol) -> [[String]] {
        var lexer = ShellLexer()
        for scalar in text.unicodeScalars { lexer.take(scalar) }
        return lexer.finish()
    }

    /// The command behind the words that only say how, when or as whom it is run.
    private static func unwrapped(_ words: [String]) -> [String] {
        let prefixes: Set = [
            "if", "then", "else", "elif", "fi", "do", "done", "while", "until", "!", "{", "}", "exec", "command",
            "nohup",
            "time", "env",
        ]
        var rest = words[...]
        while let first = rest.first {
            let name = first.programName
            if name == "sudo" || name == "doas" || name == "nice" {
                rest = rest.dropFirst().drop { $0.hasPrefix("-") }
            } else if prefixes.contains(first) || first.isAssignment {
                rest.removeFirst()
            } else {
                break
            }
        }
        return Array(rest)
    }

    /// The script of `sh -c SCRIPT`.
    private static func script(_ words: [String]) -> String? {
        guard words.count >= 3, ["sh", "bash", "dash"].contains(words[0].programName), words[1] == "-c" else {
            return nil
        }
        return words[2]
    }
}

/// Finds the words of a shell line, one character after the other.
private struct ShellLexer {
    private var commands: [[String]] = []
    private var words: [String] = []
    private var word: String.UnicodeScalarView?
    private var quote: Unicode.Scalar?
    private var isEscaped = false
    private var isComment = false
    /// Brackets of `$(…)` that are open: what stands in them is one word.
    private var depth = 0
    /// The next word is the file of a redirection.
    private var redirects = false

    mutating func take(_ scalar: Unicode.Scalar) {
        if isComment { return }
        if isEscaped {
            add(scalar)
            isEscaped = false
        } else if let open = quote {
            inQuotes(scalar, open)
        } else if depth > 0 {
            add(scalar)
            depth += scalar == "(" ? 1 : scalar == ")" ? -1 : 0
        } else {
            plain(scalar)
        }
    }

    private mutating func inQuotes(_ scalar: Unicode.Scalar, _ open: Unicode.Scalar) {
        if scalar == open {
            quote = nil
            if open == "`" { add(scalar) }
        } else if scalar == "\\", open == "\"" {
            isEscaped = true
        } else {
            add(scalar)
        }
    }

    private mutating func plain(_ scalar: Unicode.Scalar) {
        switch scalar {
        case "\\": isEscaped = true
        case "'", "\"":
            quote = scalar
            word = word ?? .init()
        case "`":
            quote = scalar
            add(scalar)
        case "(" where word?.last == "$":
            add(scalar)
            depth = 1
        case "#" where word == nil: isComment = true
        case ";", "|", "&", "(", ")":
            // `2>&1` is a redirection.
            if scalar == "&", redirects, word == nil { add(scalar) } else { endCommand() }
        case ">", "<": redirect()
        case _ where scalar.isSpace: endWord()
        default: add(scalar)
        }
    }

    private mutating func add(_ scalar: Unicode.Scalar) {
        if word == nil { word = .init() }
        word?.append(scalar)
    }

    /// A number right before it is the descriptor that is redirected.
    private mutating func redirect() {
        if let number = word, number.allSatisfy({ ("0"..."9").contains($0) }) { word = nil }
        endWord()
        redirects = true
    }

    private mutating func endWord() {
        guard let finished = word else { return }
        if !redirects { words.append(String(finished)) }
        (word, redirects) = (nil, false)
    }

    private mutating func endCommand() {
        endWord()
        if !words.isEmpty { commands.append(words) }
        (words, redirects) = ([], false)
    }

    mutating func finish() -> [[String]] {
        endCommand()
        return commands
    }
}

extension String {
    /// `iptables` for `/usr/sbin/iptables`.
    var programName: String { split(separator: "/").last.map(String.init) ?? self }

    /// Whether a shell takes it for `VARIABLE=value`.
    fileprivate var isAssignment: Bool {
        guard let equals = utf8.firstIndex(of: UInt8(ascii: "=")), equals > startIndex else { return false }
        return self[..<equals].utf8.allSatisfy { byte in
            byte == UInt8(ascii: "_") || (48...57).contains(byte) || (65...90).contains(byte & ~0x20)
        }
    }
}
