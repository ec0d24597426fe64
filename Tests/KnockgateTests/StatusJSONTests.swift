import KnockControl
import Testing

@testable import knockgate

@Suite struct StatusJSONTests {
    @Test func `the status is one object on one line, with its keys in their order`() {
        #expect(
            Status.example.json == """
                {"version":"0.1.0","pid":812,"uptime":11520.500,\
                "queue":{"number":4747,"waiting":0,"lost":0,"bound":true},\
                "verdicts":{"accept":12,"drop":1234,"next":4800000},"malformed":4,"unmarked_rule":false,\
                "doors":[{"name":"ssh","protects":["22/tcp","22/udp"],"knocks":3,"opened":1002,\
                "leases":[{"source":"198.51.100.7","remaining":125.999,"connections":1,"limit":3},\
                {"source":"2001:db8::7","remaining":8.200,"connections":0,"limit":null}],\
                "visits":[{"source":"198.51.100.8","heard":2,"of":3,"remaining":11.000,"closing":false}],\
                "leases_total":2,"visits_total":1},\
                {"name":"my door","protects":["8855/tcp"],"knocks":4,"opened":0,"leases":[],\
                "visits":[{"source":"198.51.100.9","heard":1,"of":1,"remaining":0.999,"closing":true}],\
                "leases_total":0,"visits_total":1}],"mark":null}
                """)
    }

    @Test func `the extremes are numbers too`() {
        var status = Status.example
        (status.doors, status.uptime) = ([], .seconds(-5))
        status.verdicts.next = .max
        #expect(status.json.contains("\"uptime\":0.000,"))
        #expect(status.json.contains("\"next\":18446744073709551615}"))
        status.mark = 0x8000_0000
        #expect(status.json.hasSuffix("\"doors\":[],\"mark\":2147483648}"))
    }

    @Test(arguments: [
        ("ssh", "\"ssh\""), ("", "\"\""), ("a\"b\\c/d", "\"a\\\"b\\\\c/d\""), ("Tür 🚪", "\"Tür 🚪\""),
        ("\u{0}\n\r\n\u{1F}\u{7F}", "\"\\u0000\\u000a\\u000d\\u000a\\u001f\\u007f\""),
        ("\u{2028}\u{80}", "\"\u{2028}\u{80}\""),
    ])
    func `a string is escaped where it must be`(text: String, json: String) {
        #expect(JSON.string(text).text == json)
    }
}
