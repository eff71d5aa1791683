import Foundation

/// A place that texts speak of, and how it looks.
struct ScenePlace: Sendable {
    let cues: Cues
    /// What is seen around the people.
    let look: String
    /// How it's lit when the text says nothing of the light.
    let light: String
    /// In a caption, in two to four words: "at the beach".
    let short: String
    /// What people wear there of whom nothing else is known.
    var clothes = "casual everyday clothes"

    /// The beginning of the look: "a wide sandy beach".
    var name: String { look.components(separatedBy: " with ")[0].components(separatedBy: ",")[0] }

    static func found(in text: CueText) -> ScenePlace? { text.first(of: all, \.cues) }

    static let anywhere = ScenePlace(
        cues: [], look: "a cosy living room with a big window, green plants, a soft sofa and warm wooden details",
        light: "soft window light",
        short: "right here")

    /// Where those pictures play that are for everybody.
    static let outside = ScenePlace(
        cues: [], look: "a lively city street with small shops, strings of lights and blurred passers-by",
        light: "warm late afternoon light",
        short: "right here")

    /// Where people are comes before what they do there.
    static let all: [ScenePlace] = [
        ScenePlace(
            cues: ["beach", "sea", "ocean", "seaside", "goa", "surfing", "playa", "🏖", "🌊", "🏝", "🏄"],
            look: "a wide sandy beach with turquoise waves, palm trees and a few sailing boats far out",
            light: "bright warm sunlight with sparkling reflections",
            short: "at the beach", clothes: "light summer shirts and shorts"),
        ScenePlace(
            cues: ["mountain", "hike", "hiking", "trek", "trekking", "summit", "⛰", "🏔", "🥾"],
            look: "a mountain trail above green valleys, with rocky peaks and drifting clouds", light: "clear crisp morning light",
            short: "in the mountains", clothes: "hiking jackets and sturdy trousers"),
        ScenePlace(
            cues: ["forest", "wood", "camping", "camp", "campfire", "bonfire", "🏕", "🌲"],
            look: "a clearing in a pine forest with a tent, a small campfire and mossy logs",
            light: "flickering firelight under a blue dusk",
            short: "in the woods", clothes: "flannel shirts and warm jackets"),
        ScenePlace(
            cues: ["snow", "ski", "skiing", "snowman", "winter", "⛄", "❄", "🎿", "🏂"],
            look: "a snowy village slope with frosted fir trees and wooden cabins", light: "pale blue winter light with a low sun",
            short: "in the snow", clothes: "thick winter coats and scarves"),
        ScenePlace(
            cues: ["space", "moon", "rocket", "galaxy", "planet", "mars", "🚀", "🌌", "👽", "🪐"],
            look: "the bridge of a spaceship with a huge window onto stars and a ringed planet",
            light: "cool starlight with glowing panels",
            short: "among the stars", clothes: "sleek space suits"),
        ScenePlace(
            cues: ["car", "drive", "driving", "road trip", "roadtrip", "highway", "🚗", "🚙"],
            look: "an open country road with a small car, rolling hills and a wide sky", light: "warm low sun", short: "on the road"),
        ScenePlace(
            cues: ["airport", "flight", "plane", "travel", "trip", "vacation", "holiday", "✈", "🧳", "🛫"],
            look: "an airport hall with suitcases, a departure board and planes behind tall windows",
            light: "bright sunrise through the glass",
            short: "on our way", clothes: "comfortable travel clothes"),
        ScenePlace(
            cues: ["train", "metro", "subway", "station", "bus", "🚆", "🚇", "🚌"],
            look: "the inside of a train with big windows and a landscape rushing past", light: "changing daylight through the windows",
            short: "on the train"),
        ScenePlace(
            cues: ["park", "picnic", "garden", "flower", "walk the dog", "🌳", "🌷", "🌸", "🧺"],
            look: "a sunny park with old trees, flower beds, a picnic blanket and a pond", light: "dappled sunlight through leaves",
            short: "in the park"),
        ScenePlace(
            cues: ["gym", "workout", "training", "lift", "yoga", "fitness", "🏋", "💪", "🧘"],
            look: "a modern gym with weights, mats and tall mirrors", light: "bright even daylight", short: "at the gym",
            clothes: "sports shirts and long training trousers"),
        ScenePlace(
            cues: ["office", "at work", "meeting", "boss", "deadline", "laptop", "💻", "💼"],
            look: "a modern office with desks, glowing screens, sticky notes and a skyline behind the glass",
            light: "cool daylight mixed with desk lamps",
            short: "at work", clothes: "smart office clothes"),
        ScenePlace(
            cues: ["hospital", "doctor", "sick", "fever", "🏥", "🤒", "🤧"],
            look: "a calm bedroom with a blanket, a cup of tea and medicine by the bed", light: "soft muted daylight",
            short: "under a blanket",
            clothes: "cosy long pyjamas"),
        ScenePlace(
            cues: ["wedding", "shaadi", "marry", "married", "bride", "groom", "💒", "💍"],
            look: "a decorated wedding garden with flower arches, long tables and lanterns", light: "soft golden evening light",
            short: "at the wedding", clothes: "elegant festive clothes"),
        ScenePlace(
            cues: ["diwali", "deepavali", "diya", "festival of light", "🪔"],
            look: "a courtyard with rows of oil lamps, marigold garlands and a rangoli of coloured powder",
            light: "hundreds of small golden flames at night",
            short: "among the lights", clothes: "festive traditional clothes"),
        ScenePlace(
            cues: ["christmas", "xmas", "santa", "🎄", "🎅"],
            look: "a living room with a decorated fir tree, wrapped presents and stockings by a fireplace",
            light: "glowing fireplace and tree lights",
            short: "by the tree", clothes: "cosy knitted sweaters"),
        ScenePlace(
            cues: ["concert", "gig", "stage", "band", "singing", "karaoke", "🎤", "🎸", "🎶"],
            look: "a concert stage with microphones, amplifiers and a cheering crowd in the dark",
            light: "coloured stage spotlights and haze",
            short: "at the concert"),
        ScenePlace(
            cues: ["club", "dance", "dancing", "disco", "💃", "🕺", "🪩"],
            look: "a dance floor with a mirror ball, tiled lights and moving silhouettes", light: "pink and blue club lights",
            short: "on the dance floor",
            clothes: "stylish evening clothes"),
        ScenePlace(
            cues: ["cricket", "football", "soccer", "match", "stadium", "goal", "basketball", "tennis", "⚽", "🏏", "🏀", "🏟", "🎾"],
            look: "a green sports field with full stands, flags and floodlights", light: "bright stadium floodlights", short: "at the game",
            clothes: "team jerseys"),
        ScenePlace(
            cues: ["exam", "study", "studying", "library", "university", "college", "book", "📚", "📖", "🎓"],
            look: "a quiet university library with tall shelves, stacked books and green reading lamps", light: "soft lamp light",
            short: "among the books"),
        ScenePlace(
            cues: ["bed", "sleep", "sleepy", "good night", "goodnight", "😴", "🛌", "💤"],
            look: "a cosy bedroom with pillows, a knitted blanket and stars outside the window", light: "dim bedside lamp and moonlight",
            short: "under the stars", clothes: "cosy long pyjamas"),
        ScenePlace(
            cues: ["home", "house", "sofa", "couch", "living room", "🏠", "🛋"], look: anywhere.look, light: anywhere.light, short: "at home"),
        ScenePlace(
            cues: ["kitchen", "cook", "cooking", "bake", "baking", "breakfast", "pancake", "recipe", "🍳", "🥞", "👩‍🍳", "👨‍🍳"],
            look: "a bright kitchen with copper pans, fresh vegetables and flour on the counter",
            light: "soft morning light through a window",
            short: "in the kitchen", clothes: "casual clothes with aprons"),
        ScenePlace(
            cues: ["birthday", "party", "cake", "celebrate", "celebration", "anniversary", "🎂", "🎉", "🥳", "🎈", "🍰"],
            look: "a party room with balloons, paper garlands, confetti and a big cake with candles", light: "warm sparkling fairy lights",
            short: "at the party", clothes: "colourful party outfits"),
        ScenePlace(
            cues: ["cafe", "café", "coffee", "latte", "cappuccino", "chai", "tea", "☕", "🍵"],
            look: "a small cafe with a marble table, steaming cups, pastries and shelves of books",
            light: "warm pendant lamps and window light",
            short: "over coffee"),
        ScenePlace(
            cues: [
                "restaurant", "dinner", "lunch", "pizza", "burger", "biryani", "sushi", "ramen", "noodle", "date night", "🍕", "🍔", "🍣", "🍝",
                "🍜", "🍽",
            ],
            look: "a snug restaurant with a table full of dishes, brick walls and hanging bulbs", light: "golden candle and lamp light",
            short: "at our table"),
        ScenePlace(
            cues: ["movie", "cinema", "film", "netflix", "popcorn", "series", "🍿", "🎬"],
            look: "a dark cinema with red seats, buckets of popcorn and a bright screen", light: "flickering screen light",
            short: "at the movies"),
        ScenePlace(
            cues: ["shop", "shopping", "mall", "sale", "market", "bazaar", "🛍", "🛒"],
            look: "a colourful market street with stalls, hanging fabrics and shopping bags", light: "bright midday light under awnings",
            short: "at the market"),
        ScenePlace(
            cues: ["game", "gaming", "xbox", "playstation", "controller", "🎮", "🕹"],
            look: "a game room with a big screen, controllers, posters and snacks", light: "neon purple and blue glow", short: "in the game"
        ),
        ScenePlace(
            cues: ["city", "street", "downtown", "skyline", "rooftop", "🏙", "🌆", "🌃"],
            look: "a rooftop terrace above a city of lit windows, with plants and string lights", light: "violet dusk with city glow",
            short: "above the city"),
        ScenePlace(
            cues: ["rain", "raining", "rainy", "umbrella", "monsoon", "storm", "🌧", "☔", "⛈"],
            look: "a rainy street with shining puddles, umbrellas and glowing shop windows",
            light: "grey daylight with coloured reflections",
            short: "in the rain", clothes: "rain jackets"),
    ]
}
