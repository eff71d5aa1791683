extension PolicyLexicon {
    /// All terms, by what they say. `LexiconNotation` tells how they are written.
    static let sources: [(PolicySignal, String)] =
        hardTerms + englishTerms + englishPeople + readingTerms + romanceTerms + germanicTerms + slavicTerms + easternTerms
        + ideographicTerms
}
