import Engines
import ImageStudio
import Testing

@Suite("The policy over finished pictures")
struct PicturePolicyTests {
    private func review(
        _ label: PictureFinding.Label, _ score: Double = 0.8, age: PolicySubject.Age? = .adult, isReal: Bool = false,
        profile: PolicyProfile = .moderated,
        covers: Bool = true
    ) -> PictureVerdict {
        let finding = PictureFinding(label: label, score: score, box: PixelRect(x: 0.4, y: 0.4, width: 0.2, height: 0.1))
        let face = PictureFinding(label: .faceFemale, score: 0.9, box: PixelRect(x: 0.4, y: 0.1, width: 0.2, height: 0.2))
        let subjects = age.map { [PolicySubject(age: $0, isRealPerson: isReal)] } ?? []
        return PicturePolicy().review([face, finding], subjects: subjects, profile: profile, covers: covers)
    }

    @Test("The labels are NudeNet's, in its order")
    func labels() {
        #expect(PictureFinding.Label.allCases.count == 18)
        #expect(PictureFinding.Label.allCases.first?.rawValue == "FEMALE_GENITALIA_COVERED")
        #expect(PictureFinding.Label.allCases.last?.rawValue == "BUTTOCKS_COVERED")
    }

    @Test("Covered and everyday parts are fine under every profile")
    func harmless() {
        let exposed: Set<PictureFinding.Label> = [
            .femaleBreastExposed, .buttocksExposed, .femaleGenitaliaExposed, .maleGenitaliaExposed, .anusExposed,
        ]
        for label in PictureFinding.Label.allCases where !exposed.contains(label) {
            for age in [PolicySubject.Age.adult, .young, .unknown] {
                #expect(review(label, age: age).decision == .allowed)
                #expect(review(label, age: age, profile: .adult).decision == .allowed)
            }
        }
    }

    @Test("Moderated: genitals are refused, nudity is covered where the caller can")
    func moderated() {
        let genitals = review(.maleGenitaliaExposed)
        #expect(genitals.decision == .blocked && genitals.categories == [.explicit] && genitals.code == .contentBlocked)
        let breast = review(.femaleBreastExposed, age: .unknown)
        #expect(breast.decision == .covered && breast.boxes.count == 1 && breast.categories == [.nudity] && breast.code == nil)
        let box = breast.boxes[0]
        #expect(box.x < 0.4 && box.y < 0.4 && box.width > 0.2 && box.height > 0.1)
        #expect(review(.femaleBreastExposed, covers: false).decision == .blocked)
        #expect(review(.femaleBreastExposed, 0.25).decision == .allowed)
    }

    @Test("Adult: allowed only where everyone is known to be adult and nobody is real")
    func adult() {
        #expect(review(.femaleBreastExposed, profile: .adult).decision == .allowed)
        #expect(review(.maleGenitaliaExposed, profile: .adult).decision == .allowed)
        for age in [PolicySubject.Age.young, .unknown, nil] {
            let verdict = review(.femaleBreastExposed, age: age, profile: .adult)
            #expect(verdict.isHard && verdict.categories == [.minors] && verdict.code == .hardBlock)
        }
        let real = review(.buttocksExposed, isReal: true, profile: .adult)
        #expect(real.decision == .blocked && real.categories.contains(.likeness) && !real.isHard)
    }

    @Test("Beside someone young a doubt counts, and so does a score that is no number")
    func doubts() {
        #expect(review(.femaleBreastExposed, 0.22, age: .young).isHard)
        #expect(review(.femaleBreastExposed, 0.1, age: .young).decision == .allowed)
        #expect(review(.anusExposed, .nan).decision == .blocked)
        #expect(PicturePolicy().review([], subjects: [], profile: .adult, covers: false).decision == .allowed)
    }
}
