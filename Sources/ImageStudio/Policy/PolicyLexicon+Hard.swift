extension PolicyLexicon {
    /// Refused by themselves, in all languages with spaces.
    static let hardTerms: [(PolicySignal, String)] = [
        (
            .minorAbuse,
            """
            csam, csem, pedo+/s, paedo/s, pedophil*, paedophil*, pedofil*, hebephil*, ephebophil*, lolicon/s, shotacon/s, jailbait+
            child erotica, child (model/ing) ~ (nude/s;porn*), kidfuck*, cunny, cp (porn*;nude/s), kinderporn*, kiddieporn, kiddy porn*
            childporn*
            pornografia infantil, pedoporno*, pornographie (infantile;enfantine), pedocriminel*, kindesmissbrauch, kinderficker
            педофил*, детское порно, pedofilia, cocuk porno*, dzieciec* pornograf*, pornografi* dzieciec*
            """
        ),
        (
            .sexualViolence,
            """
            rape+/s/d, raping, rapist/s, gangrap*, rapey, rapeplay, raped
            molest, molested, molesting, molester/s, molestation, necrophil*, nekrophil*, snuff (film/s;porn*;sex), guro
            sexual/ly (assault/s/ed/ing;abuse/s/d;abusing;violence;torture/d;violated;violating), sex (torture;assault)
            sexual predator/s
            forced (penetration;orgasm/s;intercourse;sex;oral;anal), forcible sex, violated ~ sexually
            violacion/es, viol ~ (collectif;femme;sexuel;une), violee/s, violador/es, violando, violarla, violarlo, violad|a|as
            violar ~ (a;mujer;chica;niña), violaron a, violandola, violer ~ (femme;fille)
            agresion/es sexual*
            abuso/s sexual/es, abusad|a|o|as|os ~ sexualmente, violencia sexual, estupr*, violencia sexual, agression/s sexuelle/s
            abus sexuel/s
            stupro, stupri, stuprat*, stuprando, violentat|a|e ~ sessualmente, violenza sessuale
            vergewaltig*, sexuelle (gewalt;notigung), sexuell missbraucht, verkracht*, verkrachting, aanrand*
            seksueel (geweld;misbruik)
            gwalt/u, zgwalc*, gwalci*, gwalcen*, изнасил*, насилует, насилуют, насилуем*, сексуальное насилие
            tecavuz*, irzina, cinsel (saldiri*;istismar*), اغتصاب, اغتصبها, يغتصب, يغتصبها, مغتصب*, اعتداء جنسي, تحرش جنسي
            बलात्कार*, दुष्कर्म, balatkar*, यौन (शोषण;हिंसा)
            """
        ),
        (
            .nonConsent,
            """
            revenge porn*, upskirt*, downblouse*, creepshot/s, noncon, dubcon, date rape, sex slave/s, sexual slave/s, sex trafficking
            sexslave/s
            nonconsensual (sex;nude/s;porn*;intercourse;photo/s of her;undressing), non consensual (sex;nude/s;porn*;intercourse)
            sleep sex
            secretly (film*;photograph*;record*) ~ (naked;nude;undress*;shower*;sex), peeping ~ (naked;nude;undress*;shower*)
            roofie/d/s ~ sex
            porno venganza, sexo forzado, sin (su;el;mi) consentimiento ~ (desnud*;sexo), sexe force
            sans (son;consentement) ~ (consentement;nue)
            rachepornos, rachepornografie, esclav|a|o sexual, esclave/s sexuel*, sexsklav*, seksslav*, секс рабын*, секс без согласия
            wraakporno
            """
        ),
        (
            .bestiality,
            """
            bestiality+, beastiality, zoophil*, zoofil*, zooporn*, zoosex*, bestial (sex;porn*), animal (sex;porn*), knotted by ~ dog
            penetrat|e|es|ed|ing ~ (dog/s;goat/s;horse/s;sheep;cow/s;pig/s;donkey/s;pony;animal/s), bestialismo
            sexo con (animales;perro/s;caballo/s), sexo com (animais;cachorro/s;cavalo/s), sexe avec ~ (animal;animaux;chien/s;cheval)
            sex mit ~ (tier*;hund*;pferd*), sodomie mit tieren, seks met ~ (dier*;hond*;paard*), sesso con ~ (animal*;cane/i;cavallo)
            секс с ~ (животн*;собак*;кон*;лошад*), seks ze ~ (zwierzet*;psem;koniem), zwierzofilia, скотоложств*, zoofil*
            hayvan* ~ seks, جنس مع ~ (حيوان;الحيوانات;كلب), وطء البهائم, जानवर के साथ सेक्स, janwar ke saath sex
            """
        ),
        (
            .deepfake,
            """
            deepnude/s, deepfake/s (nude/s;naked;porn*;sex), (nude/s;naked;porn;porno;sexy) deepfake/s, nudify*, undress ai
            ai undress*, clothoff
            undress (this;the) (photo;picture;pic;image;selfie)
            remove ~ clothes (from;in) (this;the;her;his) ~ (photo;picture;pic;image;selfie)
            fake nude/s of, see through ~ clothes (in;of) (this;her) ~ (photo;picture;pic;image)
            """
        ),
    ]
}
