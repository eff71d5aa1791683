/// The columns of feature files, in their order.
public enum FeatureColumns {
    /// What comes before the features.
    static let head = ["frame", "video_frame", "time", "estimator", "detection"]

    /// `mata_kiri_x1`, `mata_kiri_y1`, `mata_kiri_t1`, `mata_kiri_m1`, `mata_kiri_x2`, …: what models are given.
    public static let features = FaceRegion.allCases.flatMap { region in
        (1...region.blocks).flatMap { block in ["x", "y", "t", "m"].map { "\(region.rawValue)_\($0)\(block)" } }
    }

    /// `mata_kiri_fx1`, `mata_kiri_fy1`, …: the mean dense flow of each block.
    static let flow = FaceRegion.allCases.flatMap { region in
        (1...region.blocks).flatMap { block in ["fx", "fy"].map { "\(region.rawValue)_\($0)\(block)" } }
    }

    static func all(withFlow: Bool) -> [String] { head + features + (withFlow ? flow : []) }
}
