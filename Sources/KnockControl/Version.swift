/// The version of both programs; the daemon tells it in its status.
public let knockgateVersion = "0.1.0"
