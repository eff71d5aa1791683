/// The 80 categories of the COCO data set (https://cocodataset.org), in its order.
public enum COCOLabels {
    public static let names = [
        "person", "bicycle", "car", "motorcycle", "airplane", "bus", "train", "truck", "boat", "traffic light",
        "fire hydrant", "stop sign", "parking meter", "bench", "bird", "cat", "dog", "horse", "sheep", "cow",
        "elephant", "bear", "zebra", "giraffe", "backpack", "umbrella", "handbag", "tie", "suitcase", "frisbee",
        "skis", "snowboard", "sports ball", "kite", "baseball bat", "baseball glove", "skateboard", "surfboard",
        "tennis racket", "bottle", "wine glass", "cup", "fork", "knife", "spoon", "bowl", "banana", "apple",
        "sandwich", "orange", "broccoli", "carrot", "hot dog", "pizza", "donut", "cake", "chair", "couch",
        "potted plant", "bed", "dining table", "toilet", "tv", "laptop", "mouse", "remote", "keyboard", "cell phone",
        "microwave", "oven", "toaster", "sink", "refrigerator", "book", "clock", "vase", "scissors", "teddy bear",
        "hair drier", "toothbrush",
    ]

    /// Numbers between 1 and 90 that the data set skips.
    private static let unusedCategories: Set<Int> = [12, 26, 29, 30, 45, 66, 68, 69, 71, 83]

    private static let byCategory: [Int: String] = Dictionary(
        uniqueKeysWithValues: zip((1...90).filter { !unusedCategories.contains($0) }, names))

    /// The name of a category as the data set numbers it: 1 to 90, ten numbers unused.
    public static func name(category: Int) -> String? { byCategory[category] }
}
