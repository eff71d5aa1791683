extension PolicyLexicon {
    /// Turkish, Arabic, Hindi in both scripts.
    static let easternTerms: [(PolicySignal, String)] = [
        (
            .act,
            """
            sikiş*, sikis*, sikiyor, siken, sakso, oral seks, anal seks, mastürbasyon*, grup seks, seks yap*, sevişen, sevişme*
            sevişiyor*, porno*, boşalma sahnesi, orji
            سكس, نيك, ينيك, مص الزب, ممارسه الجنس, يمارس ~ الجنس, يمارسون الجنس, تمارس الجنس, جماع, استمناء, العاده السريه, اباحي
            اباحيه, اباحيات, بورنو, افلام اباحيه, جنس فموي, جنس شرجي
            चुदाई, चोदना, चोदते, चोद, पोर्न*, संभोग, हस्तमैथुन, मुठ मार*, सेक्स करते, सेक्स कर*, मुखमैथुन, अश्लील वीडियो, ब्लू फिल्म
            chudai, chodna, chod, chodte, chudti, sex karte, sex karti, blue film, sambhog, hastmaithun, muth mar*
            """
        ),
        (
            .sexual,
            """
            seks, seksi, cinsel ilişki*, cinsel organ*, yarrak*, amcık*, amcik*, penisi/n, vajina*, meme ucu, memeler*, memesi
            göğüs ucu, götü, kalçalar çıplak, orospu*, fahişe*, erotik*, azgın, azgin
            زب, كس, طيز, قضيب ذكري, مهبل, ثدي, اثداء, بزاز, نهود, حلمات, حلمه, مؤخره عاريه, عاهره, شرموطه, قحبه, صور جنسيه, جنسيا
            علاقه جنسيه, مشهد جنسي, محتوي جنسي, اعضاء تناسليه, مثير جنسيا
            सेक्स, लिंग खड़ा, लंड, चूत, योनि, स्तन, स्तनों, चूची, चूचियां, बूब्स, गांड, गुदा, निप्पल, रंडी, वेश्या, कामुक, अश्लील, यौन
            सेक्सी फोटो, chut, choot, gaand, gand, chuchi, chuchiyan, boobs, randi, kamuk, ashleel, lauda, loda
            """
        ),
        (
            .nudity,
            """
            çıplak*, ciplak*, çırılçıplak*, cirilciplak*, üstsüz*, soyun*, soyunan, soyunuyor, giysisiz, kıyafetsiz*, elbisesiz
            iç çamaşırsız, nü (fotoğraf;poz)
            عاري, عاريه, عراه, عري, عريانه, عاريات, (طفل;رجل;شاب;ولد;جسم;جسد;صبي) عار, عريان, بدون ملابس, بلا ملابس, من غير هدوم
            من دون ملابس, تخلع ~ ملابسها, خلع ملابسها
            يخلع ملابسه, متعريه, تعري, نصف عاريه
            नंगा, नंगी, नंगे, नग्न, नग्नता, निर्वस्त्र, बिना (कपड़ों;कपड़े;कपड़ो), कपड़े (उतार*;उतारती), अर्धनग्न, अधनंग*, न्यूड
            नंगापन, nanga, nangi, nange, nagn, bina (kapdo;kapdon;kapde;kapdo), kapde (utar*;utaarti), nirvastra
            """
        ),
        (
            .suggestive,
            """
            baştan çıkarıcı, seksi, şehvetli, kışkırtıcı, dekolte seksi, iç çamaşırlı poz, مثيره, مغريه, اغراء, ملابس داخليه مثيره
            सेक्सी, हॉट लड़की, मादक, sexy, hot ladki, garam ladki
            """
        ),
        (.revealing, "mayo, bikini, iç çamaşırı, külot, sütyen, ملابس داخليه, مايوه, بيكيني, बिकिनी, अंडरवियर, ब्रा"),
        (
            .minor,
            """
            çocuk*, bebek, bebeğ*, küçük (kız*;oğlan*;çocuk*), reşit olmayan, reşit değil, 18 yaşından küçük, ergen*, liseli*
            ortaokul*, ilkokul*, okullu, okul, okulda, okul üniformalı, öğrenci kız, genç kız*, lolita, yaşı küçük
            طفل, طفله, اطفال, قاصر, قاصره, قاصرات, قصر جنسيا, مراهق, مراهقه, مراهقات, مراهقين, مدرسه, المدرسه, تلميذه, تلميذات
            طالبه مدرسه, فتاه صغيره, بنت صغيره, ولد صغير, رضيع, صغيره السن, دون السن, دون 18
            बच्चा, बच्ची, बच्चे, बच्चों, बच्चियों, नाबालिग, किशोर, किशोरी, स्कूल, स्कूली, विद्यालय, छोटी लड़की, छोटा लड़का, शिशु
            bachcha, bachchi, bacchi, baccha, bacche, bachche, nabalig, naabaalig, kishori, chhoti ladki, choti ladki, chhoti bacchi
            """
        ),
        (
            .youth,
            """
            kız, kızlar, kız*, oğlan, genç, öğrenci, kızım, yeğen*, بنت, بنات, فتاه, فتيات, ولد, اولاد, شابه صغيره, طالبه, لركي, लड़की
            लड़का, लड़कियां, लड़कियों, लड़के, बेटी, छात्रा, जवान, ladki, ladkiyan, ladka, beti, chhatra
            """
        ),
        (
            .everyday,
            """
            genç (kadın;kadin;adam;çift;erkek), çıplak (göz*;ayak*;alarm), çıplak gözle, kız arkadaş*, kizarmis, kizarmış tavuk, kızıl
            kızıl saç*, kızgın, kızarmış*, kızılcık*, بالعين المجرده, कोमल यौन, meme kanseri, meme (page;template;funny)
            memeler internet, नंगे (पैर;पांव), nange pair, nange paon, गर्ल फ्रेंड, göz çıplak, قصر الحمراء, كس العين
            """
        ),
        (.realPerson, "حبيبتي السابقه, mi exnovia, अभिनेत्री, ünlü (oyuncu;şarkıcı)"),
    ]
}
