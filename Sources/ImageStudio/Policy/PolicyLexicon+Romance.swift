extension PolicyLexicon {
    /// Spanish, Portuguese, French, Italian.
    static let romanceTerms: [(PolicySignal, String)] = [
        (
            .act,
            """
            follar, follando, follada, follame, mamada/s, felacion, masturba*, chupando ~ (polla;pene;verga), tener sexo, teniendo sexo
            haciendo el amor, hacer el amor, sexo (oral;anal;explicito;grupal), orgia/s, trio sexual, pornografi*, corrida facial
            foder, fodendo, transando, transar, boquete/s, punheta, chupando ~ (pau;rola), fazendo (sexo;amor), fazer sexo, gozada
            suruba, putaria, siririca
            baise, baisee, baisent, baiser (a fond;sauvage), fellation/s, pipe sexuelle, masturbation, se masturbe, sodomie, sodomise*
            partouze/s, faire l amour, faisant l amour, rapport/s sexuel/s, levrette, gorge profonde, pornographi*, porno
            scopare, scopata, scopando, pompino, pompini, fare sesso, facendo sesso, fare l amore, sega (mano), orgia
            sesso (orale;anale;esplicito), pecorina, sborrata, pornografi*, masturba*
            """
        ),
        (
            .sexual,
            """
            polla/s, pene/s, verga, vagina, coño/s, tetas, teta, tetona/s, pechos desnudos, pezon, pezones, culo/s, ano abierto, puta/s
            prostituta/s, zorra caliente, erotic|a|o|as|os, sexual, sexuales, genitales, cachonda/s, cachondo, clitoris, semen
            buceta/s, xoxota, xana, caralho, bunda/s, peitos nus, peitoes, mamilo/s, puta/s, safada/s, tesuda, gostosa/s pelada/s
            piroca, pinto duro, bundao, bundudas, genitais
            bite dure, grosse bite, chatte (mouillee;ouverte;epilee), nichons, seins, teton/s, tetons, cul, penis, vagin, salope/s
            pute/s, sexe, erotique/s, coquin|e|es, couilles, foufoune, genitaux
            cazzo, figa, fica, tette, tettone, culo, capezzol|o|i, pene, fregna, troia/e, puttana/e, sesso, erotic|a|o|he|i, vagina
            genitali, zoccola
            """
        ),
        (
            .nudity,
            """
            desnud|o|a|os|as|ez|arse|ate|ita|ito, desnudando, desnudandose, desnudarla, desnudarme, encuerad|a|o, encuerada
            en (cueros;pelotas;bolas), sin (ropa;bragas;sujetador;camiseta;vestir;nada puesto), quitando* ~ ropa, quitar* ~ ropa
            quita/te ~ ropa, nudista/s, nudismo, en topless, empelotada, calata, pelado sin ropa
            nua/s, pelad|a|as, nudez, desnud*, despid|a|o|as|os, sem (roupa/s;calcinha;sutia;camisa), tirando ~ roupa, tirar ~ roupa
            tira ~ roupa, homem nu, homens nus, corpo nu, toda nua, pelado, seminua/s, seminu
            nue/s, nus, (garcon;enfant;bebe;adolescent;ado;fils;mec;gamin;menino;garoto;rapaz;filho) nu, homme/s nu/s, corps nu/s
            tout nu, mettre nu, mise a nu totale, nudite/s, denude*, deshabill*, seins nus, seins nue
            fesses nues, sans (vetement/s;culotte;soutien;habits;haut), a poil, enlev* ~ (vetements;habits;culotte;robe;soutien)
            torse nu femme, fille nu, femme nu, poitrine nue, entierement nue
            nud|a|o|e|i, nudita, nudisti, svestit|a|o|e|i, spogliat|a|o|e|i, spogliarsi, spogliarello, spogliati, si spoglia
            senza (vestiti;mutande;reggiseno;mutandine), toglie* ~ vestiti, togliersi ~ vestiti, seno nudo, denudat*, ignud*
            """
        ),
        (
            .suggestive,
            """
            sensual/es, sensuais, sensuel/le/s/les, sensuale, seductora, sedutora, seduisante, seducente, lenceria, escote provocativo
            provocativ*, provocante/s, sexi, culona/s, caliente ~ (chica;mujer), chica/s caliente/s, tanga sexy
            en tanga, gostosa/s, bumbum, rabuda/s, decote sensual, calcinha/s fio, fesse/s, fessier, bonnasse/s, decollete plongeant
            culetto, scollatura, in intimo, reggicalze
            """
        ),
        (
            .revealing,
            """
            bañador, traje de baño, ropa interior, bragas, braguitas, tanga, calcinha/s, biquini/s, maio, roupa intima, culotte
            maillot de bain, sous vetements, soutien gorge, mutandine, costume da bagno, mutande, reggiseno
            """
        ),
        (
            .minor,
            """
            menor/es de edad, menores, menor de (18;dieciocho;edad), adolescente/s, colegial|a|as|es, escolar/es, escuela, colegio
            niñ|a|as|o|os|ita|itas|ito|itos, bebe/s, bebita, chiquill|a|o|as, chamaca/s, chamaco, nena pequeña, infantil, jovencit|a|as
            secundaria, quinceañera/s, puber, mocosa, parvulo/s, impuber
            crianca/s, menor de idade, menina/s pequena/s, menininh|a|as|o, menina de escola, novinha/s, garotinh|a|as|o, escola
            colegio, infantis, pirralha, ninfeta/s, bebezinho, aluna/s do ensino
            enfant/s, enfantin*, mineure/s, fillette/s, gamine/s, gamin/s, petite/s fille/s, petit/s garcon/s, ecole, ecolier/e/s/es
            collegien*, lyceen*, lycee, college (fille;eleve), ado/s (fille;nue), prepubere/s, gosse/s, bebe, eleve/s
            jeune/s (fille/s;ado/s), mineur/s, preado/s
            bambin|a|e|o|i, minorenn*, ragazzin|a|e|o|i, scuola, scolara, scolaretta, liceale, liceali, adolescenti, neonato, fanciull*
            piccola ragazza, infante, bimba/e, bimbo, bimbi, tredicenne/i, quattordicenne/i, quindicenne/i, sedicenne/i
            diciassettenne/i, dodicenne, undicenne, decenne
            quinceañero/s, treceañera, quatorzeanos
            """
        ),
        (
            .youth,
            """
            chica/s, chico/s, muchacha/s, muchacho/s, joven, jovenes, nena/s, nenita, nina, nino, ninas, ninos, hija/s, hijo/s
            sobrina/s, hermanita, estudiante/s, alumna/s, menina/s, menino/s, garota/s, moca/s, jovem, jovens, filha/s, sobrinha
            aluna/s
            fille/s, filles, garcon/s, jeune/s, jeunette/s, ado, ados, etudiante/s, niece/s, ragazza, ragazze, ragazzo, ragazzi
            giovane, giovani, giovanissim*, figlia, studentessa/e, nipotina
            """
        ),
        (
            .everyday,
            """
            ojo desnudo, a simple vista, oeil nu, a l oeil nu, occhio nudo, olho nu, pied/s nu/s, (bras;torses;troncs) nus
            (jambes;epaules;branches) nues, a nu, pieds nus, mains nues
            piedi nudi, main nue, mani nude, cul de sac, culs de sac, cul de poule, jeune/s (femme/s;homme/s;couple;mariee)
            giovane (donna;uomo;coppia), giovani (donne;uomini), joven (mujer;pareja), (mujer;hombre) joven, jovem (mulher;casal)
            (mulher;homem) jovem, mujeres jovenes
            seins (de), au sein de, cazzo di cane cartoon, verdad desnuda, verite nue, nuda proprieta, nuda verita, fica d india
            el niño (phenomenon;southern;year;event;weather), fille d attente, lingerie (store;shop;drawer), pena ajena
            culo (vaso;botella), tet|a de, bebe yoda, niño jesus, divino niño, santo niño, gesu bambino, enfant jesus
            sexe (masculin;feminin;oppose), sexo (masculino;femenino;feminino;opuesto), pelado (melon), manzana/s pelada/s
            patatas peladas, amendoim pelado, batata/s pelada/s, cebolla pelada, prostituta de babilonia, jogo de pelada
            pelada no campo, futebol pelada, pelada com
            desnudo arbol, arbol* desnudo/s, ramas desnudas, arbre/s nu/s, alberi nudi, albero nudo, cavolo nero
            pipe sexuelle education, rami nudi, pene alla vodka, polla de agua, verga de toro, mutande da bagno, mise a nu
            l enfant terrible, enfant terrible
            """
        ),
    ]
}
