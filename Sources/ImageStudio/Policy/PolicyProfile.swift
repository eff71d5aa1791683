import Foundations

/// What an operator lets a route produce beyond the hard floor, which no profile lifts.
public typealias PolicyProfile = ImagesConfiguration.Policy
