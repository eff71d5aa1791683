extension PolicyLexicon {
    /// German and Dutch.
    static let germanicTerms: [(PolicySignal, String)] = [
        (
            .act,
            """
            ficken, fickt, fickend*, gefickt*, fick mich, blasen ~ schwanz, bläst ~ schwanz, wichsen, wichst, wichsend*
            geschlechtsverkehr, oralsex, analsex, gruppensex, selbstbefriedigung, masturbier*, hardcoresex, sexszene/n, pornobild*
            pornofilm*, pornografi*, pornographi*
            orgie/n, dreier sex, bumsen, vögeln, vögelt, sex haben, haben sex, hat sex, liebesakt, beim sex, sexstellung*
            neuken, neukt, neukend*, geneukt, pijpen, pijpt, aftrekken ~ lul, geslachtsgemeenschap, seks hebben, hebben seks
            heeft seks, orale seks, anale seks, groepsseks, trio seks, beffen, vingeren, klaarkomen, porno*film, pornografisch*
            """
        ),
        (
            .sexual,
            """
            muschi/s, fotze/n, titten, möpse, brüste, brustwarze/n, nippel, arschloch, schwanz (hart;steif;steifer;lutschen)
            steifer schwanz, penis, penisse, scheide nackt, vagina, hure/n, nutte/n, schlampe/n, geil, geile, geiler, geiles, erotisch*
            sexuell*, genitalien, sexbild*, sexfoto*, sexspielzeug, intimbereich, kitzler, sexfilm*
            kut, kutje, tieten, borsten, tepel/s, lul, pik hard, kont, reet, hoer/en, slet/ten, geile, erotisch*, seksueel, seksuele
            seksfoto*, geslachtsde*, schaamlippen, kutten, neukertje
            """
        ),
        (
            .nudity,
            """
            nackt, nackte, nackten, nackter, nacktes, nacktheit, nacktbild*, nacktfoto*, nacktmodel*, nacktaufnahme*, nacktszene*
            nackedei, halbnackt*, splitternackt*, splitterfasernackt*, unbekleidet*, entblöss*, entblöß*, entkleide*, hüllenlos*
            textilfrei, fkk, oben ohne, ausgezogen, zieht ~ aus, ziehen ~ aus, zieh ~ aus, auszieh*, auszuziehen
            ohne (kleidung;kleider;hose;unterwäsche;bh;klamotten;slip), aktfoto*, aktbild*, aktmodell*
            naakt, naakte, naaktheid, naaktfoto*, naaktmodel*, naaktstrand*, halfnaakt*, poedelnaakt*, bloot
            blote ~ (borsten;tieten;kont;billen;lijf;vrouw;meisje), ongekleed*, uitgekleed*, uitkleden, kleedt ~ uit
            zonder (kleren;kleding;ondergoed;broek;bh;slip;beha), topless
            """
        ),
        (
            .suggestive,
            """
            verführerisch*, reizwäsche, dessous, strapse, aufreizend*, arsch, ärsche, po nackt, sexy, lasziv*, sinnlich*, verleidelijk*
            sensuele, sensueel, lingeriesetje, billen, lekker wijf, opwindend*
            """
        ),
        (
            .revealing,
            """
            badeanzug, unterwäsche, höschen, schlüpfer, büstenhalter, bikini, badekleding, badpak, ondergoed, slipje, onderbroek
            badehose, badend, knappe unterwäsche
            """
        ),
        (
            .minor,
            """
            kinder, kindern, kindes, kindlich*, (ein;das;dein;mein;sein;kleines;junges;jüngeres;nacktes;süßes;dem;het;naakt;klein) kind
            kind (nackt;naakt), kleinkind*, kindergarten*, schulkind*, schulmädchen, schuljunge*, schülerin, schülerinnen, schüler
            schule, grundschul*, minderjährig*, jugendlich*, teenie/s, baby (nackt;naakt), kleine/s (mädchen;jungen), kleiner junge
            junge/s mädchen, jungs (nackt), säugling*, vorpubertär*
            zehnjährig*, elfjährig*, zwölfjährig*, dreizehnjährig*, vierzehnjährig*, fünfzehnjährig*, sechzehnjährig*, siebzehnjährig*
            achtjährig*, neunjährig*, siebenjährig*, sechsjährig*, fünfjährig*, vierjährig*, dreijährig*,
            kinderen, kindje/s, kleuter/s, peuter/s, tiener/s, tienermeisje/s, schoolmeisje/s, schooljongen, minderjarig*, basisschool
            jong meisje, jonge meisjes, klein/e meisje/s, kleine jongen, puber/s, scholier/en, scholiere, brugklas*, baby s
            tienjarig*, elfjarig*, twaalfjarig*, dertienjarig*, veertienjarig*, vijftienjarig*, zestienjarig*, zeventienjarig*
            achtjarig*, negenjarig*
            """
        ),
        (
            .youth,
            """
            mädchen, junge, jungen, jungs, jung, jünger, jüngere, junges, junger, tochter, töchter, nichte, neffe, studentin, bub
            meisje/s, jongen/s, jong, jonge, dochter, nichtje, zusje, studente/s, mädels
            """
        ),
        (
            .everyday,
            """
            junge (frau;frauen;leute;erwachsene;eltern;mutter), junger mann, junge/n männer
            jong/e (vrouw;vrouwen;mensen;volwassenen;stel), jonge man, nacktschnecke*, nacktmull*
            nackte (tatsachen;wahrheit;wand;zahlen), blankes entsetzen, naaktslak*, bloot* voeten, blote (voeten;hand;handen;oog)
            bloßem auge, nackten füßen, nacktem auge, hähnchen brust, borsten (op;en borstel), wilde borsten, varkens borsten
            kinder (garten;surprise;bueno;chocolate;schokolade), dick (eingepackt;angezogen;aufgetragen;genug;belegt;bestrichen)
            geile show, geile party, carl jung, jung (karl), nackter (beton;fels), nackte erde, kein kind, kinder country, kinder eggs
            gustav jung
            """
        ),
    ]
}
