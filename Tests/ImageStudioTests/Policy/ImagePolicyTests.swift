import ImageStudio
import Testing

@Suite("The image policy")
struct ImagePolicyTests {
    private let policy = ImagePolicy()

    private func outcome(
        _ texts: String..., age: PolicySubject.Age = .unknown, isReal: Bool = false, profile: PolicyProfile = .moderated,
        softens: Bool = true
    ) -> String {
        let subjects = [PolicySubject(age: age, isRealPerson: isReal)]
        return policy.review(texts.map { PolicyText($0) }, subjects: subjects, profile: profile, softens: softens).outcome
    }

    @Test("Disguises come off", arguments: [
        "NUDE", "nüdé", "ｎｕｄｅ", "𝐧𝐮𝐝𝐞", "ⓝⓤⓓⓔ", "🅝🅤🅓🅔", "🇳🇺🇩🇪", "ɴᴜᴅᴇ", "nudе", "n\u{200B}u\u{AD}de",
        "n\u{336}u\u{336}d\u{336}e\u{336}", "nuuude", "nud3",
        "n u d e", "n.u.d.e", "n-u.d_e", "n*de", "nu&#100;e", "n<i>u</i>de", "\u{202E}edun\u{202C}", "nude99", "#nude_pic", "n\nu\nd\ne",
    ])
    func disguises(_ text: String) {
        #expect(outcome(text) == "softened")
    }

    @Test("Digits and signs that disguise nothing stay", arguments: [
        "4K", "1980s", "b4", "mp3", "A55", "U2", "C3PO", "50% off", "C++ and C#", "5*5*5", "a@b.org", "$5", "T_T", "1:1", "v2.0", "R&B",
        "e.g. this", "U.S.A.",
    ])
    func plainDigits(_ text: String) {
        #expect(outcome(text) == "allowed")
    }

    @Test("Ages below 18 are minors, in digits and words", arguments: [
        "14 yo", "14yo", "14 y/o", "14 y.o.", "f14", "16f", "F/14", "aged 15", "age 12", "15-year-old", "fifteen years old",
        "sixteen-year-old", "she's 16", "I am 17",
        "looks 16", "looks like a 15 year old", "under 18", "not yet 18", "younger than 18", "13-17 years old", "14 or 15 yo",
        "8 months old", "quinze ans", "quince años",
        "quindici anni", "14 Jahre", "vierzehnjährig", "vijftien jaar", "piętnaście lat", "пятнадцать лет", "on beş yaşında", "15歳",
        "十五岁", "열다섯 살", "१५ साल", "١٤ سنة",
        "9th grade", "girl, 15", "Anna, 15", "u16", "1 4 yo", "17.5 years old",
    ])
    func minorAges(_ age: String) {
        #expect(outcome(age) == "allowed")
        #expect(outcome("nude, \(age)") == "hard")
        #expect(outcome(age, "sexy") == "hard")
        #expect(policy.statedAge(in: [PolicyText(age)]) == .young)
    }

    @Test("Ages from 18 are adults, and what isn't an age is none", arguments: [
        "25 years old", "18 yo", "f25", "30f", "aged 44", "a woman of 35", "forty years old", "25.5 years old", "over 21", "18+",
        "trente ans", "30歳", "三十岁",
        "10 years ago", "for 10 years", "a 12 year old whisky", "hace 10 años", "il y a 10 ans", "seit 10 Jahren", "f/16 at 50mm",
        "she is 15 minutes late",
        "16 candles", "F-16 fighter", "room 12", "15 km", "at 5 pm",
    ])
    func adultAges(_ age: String) {
        #expect(outcome("nude woman, \(age)") == "softened")
        #expect(policy.statedAge(in: [PolicyText(age)]) != .young)
    }

    @Test("Two harmless fields can be hard together")
    func crossField() {
        #expect(outcome("at school with my friends") == "allowed")
        #expect(outcome("a sexy pose") == "softened")
        #expect(outcome("at school with my friends", "a sexy pose") == "hard")
        let texts = [PolicyText("young", origin: .feature), PolicyText("undressing"), PolicyText("watercolor", origin: .style)]
        let verdict = policy.review(texts, subjects: [], profile: .moderated, softens: true)
        #expect(verdict.isHard)
        #expect(verdict.categories == [.minors])
        #expect(verdict.origins == [.message, .feature])
        #expect(verdict.code == .hardBlock)
    }

    @Test("A young subject makes anything sexual hard, and nothing else")
    func youngSubject() {
        for profile in [PolicyProfile.moderated, .adult] {
            #expect(outcome("a sexy pose", age: .young, profile: profile) == "hard")
            #expect(outcome("porn", age: .young, profile: profile) == "hard")
            #expect(outcome("at the beach", age: .young, profile: profile) == "allowed")
        }
    }

    @Test("The adult profile needs adults who aren't real")
    func adultProfile() {
        #expect(outcome("a nude portrait", age: .adult, profile: .adult) == "allowed")
        #expect(outcome("a nude portrait", age: .unknown, profile: .adult) == "hard")
        #expect(outcome("a nude portrait", age: .adult, isReal: true, profile: .adult) == "blocked")
        #expect(outcome("a nude girl", age: .adult, profile: .adult) == "hard")
        let mixed = [PolicySubject(age: .adult), PolicySubject(age: .unknown)]
        #expect(policy.review([PolicyText("topless")], subjects: mixed, profile: .adult, softens: false).isHard)
        #expect(policy.review([PolicyText("a nude woman")], subjects: [], profile: .adult, softens: false).decision == .allowed)
        #expect(policy.review([PolicyText("a nude")], subjects: [], profile: .adult, softens: false).isHard)
    }

    @Test("Without softening, soft content is refused")
    func withoutSoftening() {
        #expect(outcome("a nude portrait", softens: false) == "blocked")
        #expect(outcome("a sexy pose", softens: false) == "blocked")
        #expect(outcome("no nudity", softens: false) == "allowed")
        #expect(outcome("a birthday cake", softens: false) == "allowed")
    }

    @Test("Codes follow decisions, and messages never hold the text", arguments: [
        "a zq nude zq portrait", "zq rape zq", "zq blowjob zq", "zq nude 14yo zq", "zq dog sex zq", "zq deepnude zq", "zq no nudity zq",
        "zq flowers zq",
    ])
    func messages(_ text: String) {
        let verdict = policy.review([PolicyText(text)], subjects: [], profile: .moderated, softens: true)
        for word in text.split(separator: " ") where word != "a" && word != "no" {
            let isCategory = ["nude", "nudity", "sex", "rape", "dog"].contains(word)
            #expect(isCategory || !verdict.message.lowercased().contains(word))
        }
        #expect(!verdict.message.contains("zq"))
        switch verdict.decision {
        case .allowed: #expect(verdict.code == nil && verdict.origins.isEmpty)
        case .softened: #expect(verdict.code == .contentSoftened && verdict.origins == [.message])
        case .blocked: #expect(verdict.code == (verdict.isHard ? .hardBlock : .contentBlocked) && verdict.origins == [.message])
        }
        #expect(verdict.categories == PolicyCategory.allCases.filter(verdict.categories.contains))
    }

    @Test("Every category can be reached")
    func categories() {
        let texts: [PolicyCategory: String] = [
            .minors: "child porn", .sexualViolence: "rape", .nonConsent: "sex without consent", .animals: "sex with a dog",
            .likeness: "deepfake porn", .explicit: "a blowjob",
            .nudity: "a nude", .suggestive: "sexy",
        ]
        for category in PolicyCategory.allCases {
            let verdict = policy.review([PolicyText(texts[category] ?? "")], subjects: [], profile: .moderated, softens: false)
            #expect(verdict.categories.contains(category))
            #expect(verdict.isHard == category.isHard)
        }
    }

    @Test("The safety sentence is harmless itself")
    func safetySentence() {
        #expect(outcome(ImagePolicy.safetySentence) == "allowed" || outcome(ImagePolicy.safetySentence) == "softened")
        #expect(outcome("a child at school", ImagePolicy.safetySentence, age: .young, softens: false) == "allowed")
    }

    @Test("The same request always gets the same verdict")
    func determinism() throws {
        for item in try PolicyCase.all().prefix(200) { #expect(item.verdict == item.verdict) }
    }

    @Test("Speaking against sexual violence is fine, until something sexual stands beside it")
    func protective() {
        #expect(outcome("stop rape campaign poster") == "allowed")
        #expect(outcome("stop rape campaign poster", "nude woman") == "hard")
        #expect(outcome("rape scene") == "hard")
    }
}
