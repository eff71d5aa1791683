extension PolicyLexicon {
    /// Sexual English, and words that other languages borrowed from it.
    static let englishTerms: [(PolicySignal, String)] = [
        (
            .act,
            """
            porn+/s, porno+/s, pornos, pornography, pornogra*, pornstar/s, pornhub, pr0n, pron
            xxx (pic/s;picture/s;photo/s;video/s;movie/s;film/s;porn*;scene/s;image/s;content;rated;hot;sex), (hot;porn;sex) xxx
            xvideos, xhamster, redtube
            hentai+, futanari, futa
            blowjob/s, blow job/s, handjob/s, hand job/s, footjob/s, titjob/s, titfuck*, rimjob/s, cumshot/s, creampie/s, gangbang*
            deepthroat*, bukkake
            fisting, cunnilingus, fellatio, facesitting, face sitting, doggystyle, doggy style, threesome/s, foursome/s, orgy, orgies
            gloryhole/s
            masturbat*, ejaculat*, orgasm*, jerk/s/ing/ed off, jack/s/ing/ed off, wank/ing/ed, jizz, buttfuck*, buttsex
            strap on ~ (sex;dildo)
            fuck/s/ed/ing ~ (her;him;girl/s;woman;women;man;men;guy/s;hard)
            fuck/s/ed/ing ~ (wife;boy/s;teen/s;each;doggy;dog/s;horse/s;animal/s;couple/s;raw)
            (being;getting;get;gets) fucked, fuckdoll/s, girl/s fuck/ing, couple/s fucking, people fucking, facefuck*, assfuck*
            skullfuck*
            sexual intercourse, intercourse (with;between;scene), oral sex, anal sex, vaginal sex, group sex
            sex (act/s;scene/s;position/s;tape/s;party;orgy;with)
            (have;having;had;has) ~ (sex;intercourse), making love, make love, made love, sexual (act/s;activity;position/s)
            (doing;performing;giving) ~ (oral;anal)
            (vaginal;anal;double) penetrat*, penetrat|e|es|ed|ing (her;him), (man;men;woman;women;guy;guys;girl;boy) penetrat*
            finger|s|ing|ed (herself;her pussy;her vagina;her asshole)
            (suck/s/ing/ed;lick/s/ing/ed;ride/s;riding;rode) ~ (dick/s;cock/s;penis;pussy;clit;balls;anus;nipples), eating ~ pussy
            (touch/es/ing;play/s/ing;pleasur|e|es|ing;rubbing) ~ (pussy;penis;clit;vagina;genitals;herself sexually), touching herself
            pleasuring (herself;himself)
            hardcore (sex;porn*;nude/s;scene), explicit (sex;sexual;porn*;nude/s), sexually explicit, bdsm
            bondage ~ (sex;nude;naked;porn)
            cum (on;in;inside;over;covered;dripping;filled), (covered;dripping;filled) ~ cum, cumming (on;in;inside), 69 (position;pose)
            spread/s/ing ~ (pussy;vagina;asshole;labia), legs (spread;open) ~ (nude;naked;pussy;vagina), wet pussy, yiff/ing, ahegao
            sodomy, sodomi*
            reverse cowgirl, cowgirl position, missionary position, sexting pic/s, camwhore/s, rule 34, rule34, r34, sex cam/s
            """
        ),
        (
            .sexual,
            """
            sex+, sexual, sexually, sexualized, sexualised, sexualize, sexualise, sexo, sexe, sesso, seks, sexuell*, sexuel/le/s/les
            sexuales, seksowne
            penis+/es, vagin|a|as|al, vulva/s, labia, clit/s, clitoris, genital/s, genitalia, testicle/s, scrotum, foreskin, glans
            phallus, phallic
            cock/s, dick/s, dickpic/s, pussy+, pussies, cunt/s, tit/s, titty+, titties+, tiddies, boob+/s, boobie/s, boobies, breast/s
            nipple/s, areola*
            anus, anal+, asshole/s, arsehole/s, butthole/s, crotch, crotchless, cameltoe, camel toe, erection/s, boner/s, hardon, cum+
            cumming, semen, sperm
            dildo/s, vibrator/s, buttplug/s, butt plug/s, fleshlight/s, sex toy/s, condom/s, horny, slut+/s, slutty, whore/s, hooker/s
            prostitut*, sex worker/s
            nsfw+, xxx, explicit ~ (picture/s;photo/s;image/s;video/s;scene/s;content;drawing/s;art;pose/s;material), smut, smutty
            x rated
            xrated, adult (content;film/s;movie/s;entertainment;video/s), onlyfans, camgirl/s, milf/s
            gilf, dilf
            erotic*, erotik*, erotyk*, kink, kinky, fetish*, bondage, dominatrix, femdom, ecchi, lewd+/s, lewdly, rated r18, r18, fuck
            fucked, fucking, fucks
            strip club/s, stripclub, brothel/s, sex shop/s, aphrodisiac orgy, sexbot/s, sexdoll/s, sex doll/s, incest*, stepsis
            stepmom porn, 🍆 ~ 🍑, 🍑 ~ 🍆
            🍆 ~ 💦, 🍑 ~ 💦, 👉 👌
            """
        ),
        (
            .nudity,
            """
            nude+/s, nudity, nudist/s, nudism, naked+, nakedness, nekkid, nakid, nudie/s, nudes, topless+, unclothed, disrobe/d/s
            disrobing, barenaked
            undress+, undressed, undresses, undressing, undies off, unclad, in the buff, birthday suit, full frontal, skinny dip*
            skinnydip*, striptease/s
            bare (breast/s;boobs;tits;ass;butt;buttocks;bottom;nipples;chested woman;chested girl;body;bodies;naked), bare breasted
            barebreasted
            expos|e|ed|ing|es ~ (breast/s;nipple/s;genitals;body;boobs;tits;ass)
            expos|e|ed|ing|es ~ (butt;pussy;vagina;penis;crotch;buttocks;underwear;privates), fully exposed
            (breast/s;nipple/s;genitals;boobs;tits;ass;butt;privates) ~ (exposed;visible;showing;out), nipples poking
            flash/es/ing/ed ~ (breast/s;boobs;tits;ass)
            strip/s/ped/ping ~ (naked;nude;off;clothes;underwear;bare), strip/s/ping down, stripping, stripper/s
            (take;takes;taking;took;pull/s/ing;rip/s/ping;tear/s/ing;slip/s/ping;peel/s/ing) off ~ (clothes;clothing;shirt;dress)
            (take;takes;taking;took) off ~ (bra;underwear;panties;top;pants;skirt;swimsuit;bikini;everything)
            (pull/s/ing;rip/s/ping;tear/s/ing;slip/s/ping;peel/s/ing) off ~ (bra;underwear;panties;top)
            (pull/s/ing;rip/s/ping;tear/s/ing;slip/s/ping;peel/s/ing) off ~ (pants;skirt;swimsuit;bikini;everything)
            (take;takes;taking;took;pull/s/ing) ~ (clothes;clothing;shirt;dress) off
            (rip/s/ping;tear/s/ing;slip/s/ping;get;gets;getting) ~ (clothes;clothing;shirt;dress) off
            (take;takes;taking;took;pull/s/ing) ~ (bra;underwear;panties;top;pants;skirt;swimsuit;bikini;kit) off
            (rip/s/ping;tear/s/ing;slip/s/ping;get;gets;getting) ~ (bra;underwear;panties;top;pants;skirt;swimsuit;bikini;kit) off
            remov|e|es|ed|ing ~ (clothes;clothing;shirt;dress;bra;underwear;panties;top;pants;skirt;swimsuit;bikini;garments;outfit)
            (without;no;minus) ~ (clothes;clothing;underwear;panties;bra;pants;trousers;skirt;garments;lingerie;bikini;attire)
            (without;no) clothes, braless
            (clothes;clothing;shirt;dress;bra;panties;underwear) ~ (off;removed;gone)
            (clothes;clothing;shirt;dress;bra;panties;underwear) ~ (disappear/s/ed/ing;vanish/es/ed;falling off;fall off)
            (top;shirt;blouse) off, (pants;trousers;panties;skirt;underwear) down, lose ~ clothes, drop/s/ping ~ (panties;towel;robe)
            nothing on, nothing underneath, wear/ing nothing, wears nothing, nothing but ~ (smile;skin;socks;towel;heels;apron)
            not wear/ing ~ (clothes;clothing;bra;underwear;panties;pants;anything;stitch;top), doesn t wear anything
            wearing only ~ (socks;heels;smile;towel;apron)
            (less;fewer) (clothes;clothing), unbutton/s/ed/ing ~ (blouse;shirt;pants), nip slip, wardrobe malfunction, sideboob
            underboob, naturist/s, naturism
            see through ~ (dress;shirt;top;clothes;blouse;lingerie;bra;panties), sheer ~ (lingerie;panties;nipple/s)
            transparent ~ (clothes;lingerie;dress;blouse;shirt)
            exhibitionis*, altogether naked, au naturel pose, clothesless, clothes less, clothingless, pantsless girl
            bottomless (girl;woman;man;boy)
            covered only (by;in) ~ (hair;hands;towel;bubbles;foam), without a stitch, stark naked, nackt
            show/s/ing ~ (boobs;tits;ass;pussy;nipple/s;breasts;genitals;dick;penis;privates)
            """
        ),
        (
            .suggestive,
            """
            sexy+, sexier, sexiest, seductiv*, seduce/s/d, seducing, seductress, sensual*, sultry, raunchy, provocativ*, titillat*
            aroused, arousing, arousal
            lingerie+, négligée, boudoir, cleavage, busty, voluptuous, thirst trap/s, bedroom eyes, ass+, asses, arse, butt+/s, booty
            bum (pic/s;shot/s;showing)
            hot (girl/s;babe/s;chick/s;woman;women;teen/s;boy/s;guy/s;body), hottie/s, sex appeal, sexual appeal, pinup ~ lingerie
            spread/s/ing ~ legs, legs spread
            bent over ~ (desk;bed;table;girl;woman), on all fours ~ (bed;woman;girl), twerk*, lap dance/s, lapdance/s, pole dancer/s
            playboy ~ (bunny;pose;cover;model)
            centerfold, g string/s, gstring/s, thirsty pic/s, smoking hot, panty shot/s, pantyshot/s, wet (t;tee) shirt, wet shirt
            moaning, making out ~ (bed;passionately)
            thong pic/s, jiggl* ~ (boobs;breasts;ass), tight ~ ass, 🔞, dirty (pic/s;picture/s;photo/s)
            naughty (pic/s;picture/s;photo/s;pose/s;nurse;girl/s), spicy (pic/s;photo/s)
            """
        ),
        (
            .revealing,
            """
            bikini/s, swimsuit/s, swimwear, underwear, panties, panty, bra/s, thong/s, miniskirt/s, mini skirt/s, micro skirt
            shirtless, crop top ~ (tight;tiny), leotard/s
            stocking/s, fishnet/s, garter/s, speedo/s, see through, tight (clothes;dress;shorts;skirt), revealing, skimpy, scantily
            diaper pose, wet clothes
            barely (dressed;clothed;covered), half dressed, flirty pose/s, spread eagle, alluring, bedroom pose/s, making out
            """
        ),
        (
            .force,
            """
            forced, forcing, forcibly, forcefully, coerc*, unwilling*, against (her;his;their;my) will, nonconsensual*, non consensual*
            nonconsent, non consent
            drugged, roofied, sedated, blackmail*, held down, captive/s, hostage/s, enslaved, slave/s, kidnapp*, abducted, unconscious
            passed out, knocked out
            hidden (camera/s;cam/s), spycam/s, (spy;secret) (cam/s;camera/s;video/s;recording/s;photo/s), voyeur*, peeping, secretly
            unaware
            without (her;him;them;their;his) (knowing;knowledge;permission), (t;not;never;without;no) ~ consent/s/ed/ing, refuses
            refusing, (begging;begs;pleading) ~ stop
            says no, said no, doesn t want, didn t want, crying (and;while), screaming (no;for), resisting, restrained against
            trafficked, hypnotized, hypnotised, mind controlled
            forzad|a|o, obligad|a|o, drogad|a|o, camara oculta, sin consentimiento, forcee, droguee, camera cachee, sans consentement
            contre (sa;son) (volonte;gre), cachette
            gezwungen, erzwungen*, zwingt, betaubt, heimlich*, versteckte kamera, gegen (ihren;seinen) willen
            ohne (ihre;seine) (zustimmung;einwilligung), costrett*, drogat*, senza consenso
            forcad|a|o, dopad|a|o, sem consentimento, gedwongen, stiekem, zonder toestemming, zmusz*, ukryta kamera
            wbrew (jej;jego) woli, насильно, силой, против (ее;его) воли, скрытая камера
            zorla, rizasi olmadan, gizli kamera, بالقوه, دون موافقتها, جبرا, zabardasti, जबरदस्ती, जबरन, छिपा कैमरा
            """
        ),
        (
            .helpless,
            """
            asleep, sleeping, drunk, wasted, comatose, blackout, blacked out, fainted, dormida, endormie, schlafend*, dormindo
            addormentata, slapend*, спящ*, spiac*, uyuyan, sleepy drunk
            """
        ),
        (
            .violence,
            """
            beaten, bloodied, bloody, strangl*, choke/d, choking, tortur*, mutilat*, stabb*, knifepoint, gunpoint, brutaliz*, brutalis*
            brutally, violated, violently, corpse/s
            dead (body;bodies;girl;woman), murdered, gore, gory, dismember*, whipped, flogged, bound and gagged, gagged, slaughter*
            abus|e|ed|ing ~ (her;him;girl;woman), beating
            """
        ),
        (
            .animal,
            """
            dog/s, horse/s, stallion/s, donkey/s, goat/s, sheep, pig/s, cow/s, bull/s, wolf, wolves, monkey/s, animal/s, pony, ponies
            canine, feral, hound/s, dolphin/s, chimp/s
            perro/s, caballo/s, animales, burro/s, cachorro/s, cavalo/s, animais, chien/s, cheval, chevaux, animaux, hund, hunde, pferd
            pferde, tier, tiere, cane, cavallo, animali
            hond, paard, dier, dieren, psem, koniem, zwierze*, собак*, псом, конем, лошад*, животн*, kopek*, hayvan*, esek*, كلب, حصان
            حيوان*, कुत्त*, घोड़*, जानवर*, kutta, kutte, ghoda
            """
        ),
    ]
}
