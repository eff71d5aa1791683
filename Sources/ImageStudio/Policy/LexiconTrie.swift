/// Every word and stem of the lexicon, walked scalar by scalar. Children lie flat and sorted, so a step is a
/// short search without hashing.
struct LexiconTrie: Sendable {
    private var firstEdge: [Int32] = []
    private var letters: [UInt32] = []
    private var targets: [Int32] = []
    private var words: [[Int32]] = []
    private var stems: [[Int32]] = []

    static let root: Int32 = 0

    /// - Parameter spellings: the scalars of each part, and whether it is a stem; a part's number is its place.
    init(_ spellings: [(scalars: [UInt32], isStem: Bool)]) {
        var children: [[UInt32: Int32]] = [[:]]
        words = [[]]
        stems = [[]]
        for (part, spelling) in spellings.enumerated() {
            var node = 0
            for scalar in spelling.scalars {
                if let next = children[node][scalar] {
                    node = Int(next)
                } else {
                    let next = children.count
                    children[node][scalar] = Int32(next)
                    children.append([:])
                    words.append([])
                    stems.append([])
                    node = next
                }
            }
            if spelling.isStem { stems[node].append(Int32(part)) } else { words[node].append(Int32(part)) }
        }
        for edges in children {
            firstEdge.append(Int32(letters.count))
            for (letter, target) in edges.sorted(by: { $0.key < $1.key }) {
                letters.append(letter)
                targets.append(target)
            }
        }
        firstEdge.append(Int32(letters.count))
    }

    func child(of node: Int32, _ scalar: UInt32) -> Int32? {
        var low = Int(firstEdge[Int(node)])
        var high = Int(firstEdge[Int(node) + 1])
        while low < high {
            let middle = (low + high) / 2
            if letters[middle] < scalar { low = middle + 1 } else { high = middle }
        }
        return low < Int(firstEdge[Int(node) + 1]) && letters[low] == scalar ? targets[low] : nil
    }

    /// The nodes one scalar further, whichever it is.
    func children(of node: Int32) -> ArraySlice<Int32> {
        targets[Int(firstEdge[Int(node)])..<Int(firstEdge[Int(node) + 1])]
    }

    /// The parts that end here.
    func words(at node: Int32) -> [Int32] { words[Int(node)] }

    /// The parts that begin every word through here.
    func stems(at node: Int32) -> [Int32] { stems[Int(node)] }
}
