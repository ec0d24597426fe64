import Glibc
import KnockDaemon

exit(runDaemon(Array(CommandLine.arguments.dropFirst())))
