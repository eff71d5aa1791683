import Foundation

extension EndpointConfiguration {
    public static let slotsRange = 1...10_000

    /// Why the URL can't be used, as the end of a sentence; `nil` when it can. The configuration and run-time changes of pools
    /// share this rule.
    public var urlFault: String? {
        Self.isAddress(url) ? nil : "the url must begin with http:// or https:// and name a host"
    }

    /// Whether an engine could be asked at that address.
    package static func isAddress(_ url: String) -> Bool {
        guard let parts = URLComponents(string: url), let host = parts.host else { return false }
        return ["http", "https"].contains(parts.scheme?.lowercased()) && !host.isEmpty
    }

    /// Why the capabilities don't go with the dialect; `nil` when they do.
    public var capabilityFault: String? {
        if dialect == .sdcpp { return capabilities == [.images] ? nil : "the dialect sdcpp has the capability images alone" }
        if dialect != .triton { return takesTensors ? "tensors need the dialect triton" : nil }
        return vision || hears || embeds ? "the dialect triton has the capabilities chat and tensors" : nil
    }

    static func slots(_ text: String, of id: String) throws(ConfigurationKey.Unfit) -> Int {
        guard let slots = Int(text), slotsRange.contains(slots) else {
            throw ConfigurationKey.Unfit(
                message: "endpoint \"\(id)\": slots must be a whole number from \(slotsRange.lowerBound) to \(slotsRange.upperBound)")
        }
        return slots
    }
}

extension ConfigurationKey {
    static let pools = ConfigurationKey(
        path: "pools",
        help: "Models behind one id: a list of {id, members: [{model, replicas} or {endpoint}], pick}."
    ) { configuration, written throws(Unfit) in
        guard case .list(let items) = written else { throw Unfit(message: "expected a list of pools") }
        var pools: [PoolConfiguration] = []
        for item in items {
            let pool = try pool(item)
            if pools.contains(where: { $0.id == pool.id }) { throw Unfit(message: "two pools are named \"\(pool.id)\"") }
            pools.append(pool)
        }
        configuration.pools = pools
    } render: { configuration in
        .array(
            configuration.pools.map { pool in
                let members = pool.members.map { member -> JSONValue in
                    switch member {
                    case .model(let model, let replicas): ["model": .string(model), "replicas": .integer(replicas)]
                    case .endpoint(let id): ["endpoint": .string(id)]
                    }
                }
                return ["id": .string(pool.id), "members": .array(members), "pick": .string(pool.pick.rawValue)]
            })
    }

    private static func pool(_ written: Written) throws(Unfit) -> PoolConfiguration {
        guard case .map(let fields) = written, let id = fields["id"], let members = fields["members"] else {
            throw Unfit(message: "each pool needs an id and members")
        }
        var pool = PoolConfiguration(id: try string(id), members: [])
        guard case .list(let items) = members, !items.isEmpty else {
            throw Unfit(message: "pool \"\(pool.id)\": members must be a list that isn't empty")
        }
        for item in items {
            let member = try member(item, of: pool.id)
            guard !pool.members.contains(where: { $0.name == member.name }) else {
                throw Unfit(message: "pool \"\(pool.id)\" names \"\(member.name)\" twice")
            }
            pool.members.append(member)
        }
        guard pool.members.count <= PoolConfiguration.maxMembers else {
            throw Unfit(message: "pool \"\(pool.id)\" has more than \(PoolConfiguration.maxMembers) members")
        }
        for (name, value) in fields {
            switch name {
            case "id", "members": break
            case "pick": pool.pick = try choice(value)
            default: throw Unfit(message: "pool \"\(pool.id)\" has an unknown key \"\(name)\"")
            }
        }
        return pool
    }

    private static func member(_ written: Written, of pool: String) throws(Unfit) -> PoolConfiguration.Member {
        guard case .map(let fields) = written else {
            throw Unfit(message: "pool \"\(pool)\": each member is {model: ID, replicas: N} or {endpoint: ID}")
        }
        if let name = fields.keys.sorted().first(where: { !["model", "replicas", "endpoint"].contains($0) }) {
            throw Unfit(message: "pool \"\(pool)\": a member has an unknown key \"\(name)\"")
        }
        switch (fields["model"], fields["endpoint"], fields["replicas"]) {
        case (let model?, nil, let replicas):
            var count = 1
            if let replicas {
                let text = try string(replicas)
                guard let number = Int(text), PoolConfiguration.replicas.contains(number) else {
                    throw Unfit(
                        message: "pool \"\(pool)\": replicas must be a whole number from 1 to \(PoolConfiguration.replicas.upperBound)")
                }
                count = number
            }
            return .model(try string(model), replicas: count)
        case (nil, let endpoint?, nil):
            return .endpoint(try string(endpoint))
        default:
            throw Unfit(message: "pool \"\(pool)\": each member is {model: ID, replicas: N} or {endpoint: ID}")
        }
    }
}

extension PoolConfiguration.Member {
    /// The id that it names.
    var name: String {
        switch self {
        case .model(let id, _), .endpoint(let id): id
        }
    }
}

extension Configuration {
    /// What is wrong between pools and endpoints.
    var poolProblems: [ConfigurationProblem] {
        let endpoints = Set(endpoints.map(\.id))
        var problems: [ConfigurationProblem] = []
        for pool in pools {
            if endpoints.contains(pool.id) {
                problems.append(
                    .init(place: .whole, key: "pools", message: "pool \"\(pool.id)\" has the id of an endpoint"))
            }
            for case .endpoint(let id) in pool.members where !endpoints.contains(id) {
                problems.append(
                    .init(place: .whole, key: "pools", message: "pool \"\(pool.id)\" names an endpoint \"\(id)\" that isn't in endpoints"))
            }
        }
        return problems
    }
}
