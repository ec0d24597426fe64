/// Decides so many packets and ends, for valgrind to count the instructions of it: Tests/Bench/instructions.
///
///     decide-steps QUESTION COUNT
import DecideStage

let words = CommandLine.arguments
guard words.count == 3, let count = Int(words[2]),
    let question = DecideStage.Question.allCases.first(where: { "\($0)" == words[1] })
else {
    let questions = DecideStage.Question.allCases.map { "\($0)" }.joined(separator: " | ")
    fatalError("usage: decide-steps \(questions) COUNT")
}
var stage = DecideStage(doors: 8, sources: 10_000)
_ = stage.cost(of: question, packets: count, batch: 64)
