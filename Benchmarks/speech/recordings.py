"""What is heard and spoken: recordings of people with what they say, texts, and the words that count."""

import dataclasses
import pathlib
import re
import unicodedata

TWO_CITIES = (
    "It was the best of times, it was the worst of times, it was the age of wisdom, it was the age of foolishness, it was the epoch of belief, "
    "it was the epoch of incredulity, it was the season of Light, it was the season of Darkness, it was the spring of hope, it was the winter of "
    "despair, we had everything before us, we had nothing before us, we were all going direct to Heaven, we were all going direct the other way: "
    "in short, the period was so far like the present period, that some of its noisiest authorities insisted on its being received, for good or "
    "for evil, in the superlative degree of comparison only.")
BECKETT = "Ever tried. Ever failed. No matter. Try again. Fail again. Fail better."

# Spoken and heard again.
SENTENCES = [
    "The train to the coast leaves at nine in the morning.",
    "Please remember to water the plants in the kitchen.",
    "A small brown dog ran across the empty market square.",
    "The library closes early on Friday because of the holiday.",
    "Can you tell me how long the journey to the mountains takes?",
    "She bought three oranges, two lemons and a loaf of fresh bread.",
    "Heavy rain is expected in the north, with strong winds later tonight.",
    "The committee will publish its report before the end of the month.",
    "Most birds build their nests in spring, when food is easy to find.",
    "If the bridge is closed, take the second road on the left.",
]

# Spoken against the clock.
TEXTS = {
    "short": "The train to the coast leaves at nine.",
    "medium": (
        "Martins are small birds that hunt insects in the air. They build their nests from mud, often under the roofs of houses. In autumn they "
        "gather on wires and fly south for the winter."),
    "long": TWO_CITIES.replace(": in short", ". In short").replace("despair, we", "despair. We") + " " + " ".join(SENTENCES),
}


@dataclasses.dataclass
class Recording:
    name: str
    group: str
    path: pathlib.Path
    text: str


def all_recordings(folder):
    found = [
        Recording("beckett", "Beckett, read", folder / "beckett.wav", BECKETT),
        Recording("two_cities", "A Tale of Two Cities, read", folder / "two_cities.wav", TWO_CITIES),
    ]
    # Their texts lie beside them.
    for place, group in [("librivox", "Sense and Sensibility, read"), ("cards", "playing cards, named")]:
        [texts] = (folder / place).glob("*transcription")
        for text, name in re.findall(r"<s>(.*?)</s> \((.+?)\)", texts.read_text()):
            found.append(Recording(f"{place}/{name[-4:]}", group, folder / place / f"{name}.wav", text.strip()))
    return found


# MARK: Words

ONES = ("zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen "
        "nineteen").split()
TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
ABBREVIATIONS = {"mr": "mister", "mrs": "missus", "dr": "doctor", "st": "saint"}


def number(value):
    if value < 20:
        return ONES[value]
    if value < 100:
        return TENS[value // 10 - 2] + (" " + ONES[value % 10] if value % 10 else "")
    if value < 1000:
        return ONES[value // 100] + " hundred" + (" " + number(value % 100) if value % 100 else "")
    return number(value // 1000) + " thousand" + (" " + number(value % 1000) if value % 1000 else "")


def words(text):
    """Only the words that are said: small letters, no marks, numbers written out."""
    text = unicodedata.normalize("NFKD", text).lower().replace("\u2019", "'")
    text = re.sub(r"(?<=\d),(?=\d{3})", "", text)
    text = re.sub(r"\d{1,6}", lambda found: f" {number(int(found[0]))} ", text)
    text = re.sub(r"[^a-z']+", " ", text)
    return " ".join(ABBREVIATIONS.get(word, word) for word in (word.strip("'") for word in text.split()) if word)
