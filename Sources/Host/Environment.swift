import Glibc

/// The environment this process was started with.
public enum Environment {
    /// The value of a variable, or nil where it isn't set.
    public static subscript(name: String) -> String? {
        // getenv's answer lives as long as nobody changes the environment, which this program never does.
        unsafe getenv(name).map { unsafe String(cString: $0) }
    }
}
