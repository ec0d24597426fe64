/// What is done to a live gate while a flood runs: what a rule promises must not be lost, and the gate must come back.
///
/// Each story tells what it cost (`Fault.tell`); the figures of a run stand in Packaging/doc/faults.md.
import Testing

extension Stories {
    @Suite(.serialized) struct Faults {}
}
