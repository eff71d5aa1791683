extension PolicyLexicon {
    /// Polish and Russian.
    static let slavicTerms: [(PolicySignal, String)] = [
        (
            .act,
            """
            pieprzy ~ (ja;sie), pieprzą się, ruchanie, rucha, ruchają, jebanie, lodzik/i, robi loda, obciąga ~, masturb*, onaniz*
            stosunek płciowy, uprawia* seks*, seks (oralny;analny;grupowy), orgia, orgie, porno*, filmy porno, trójkąt seks
            порно*, порнух*, трах*, ебет*, ебут*, ебл*, минет*, отсос*, сосет член, мастурб*, дроч*, онанир*, секс с, занимаются сексом
            занимается сексом, заниматься любовью, занимаются любовью, половой акт, групповуха*, оргия, оргии, анальный секс
            оральный секс, кончает (на;в), куннилингус*, хентай
            """
        ),
        (
            .sexual,
            """
            cipka, cipki, cipkę, cipa, kutas*, penis/a/em, pochw|a|ę nago, cycki, cycek, cycuszki, piersi (nagie;gołe), sutki, sutek
            tyłek goły, dupa, dupę, dupcia, kurwa, dziwka, dziwki, erotyczn*, erotyk*, seksualn*, seks, seksu, seksem, sex, genitalia
            wibrator, nabrzmiał*
            секс, секса, сексом, сексуальн*, пизд*, хуй, хуя, хуем, член (стоит;голый;возбужд*), половой член, пенис*, вагин*
            влагалищ*, сиськ*, сисек, титьк*, соски (голые;видны), сосками, жоп|а|у|ой|е, анал, анальн*, клитор*, шлюх*, проститут*
            эротик*, эротич*, интим фото, интимн* фото, гениталии, дилдо
            """
        ),
        (
            .nudity,
            """
            nagi, naga, nago, nagie, nagą, nagiej, nagich, nagiego, nagim, nagość, nagości, goły, goła, gołe, gołą, gołej, golizna
            rozebran*, rozebrać, rozbier* (się;ja), rozbiera, rozbierają, bez (ubrania;ubrań;majtek;stanika;odzieży;bielizny), obnażon*
            półnag*, roznegliżowan*, topless, striptiz*, akt kobiecy
            голый, голая, голое, голые, голую, голой, голого, голым, голыми, голых, голышом, голеньк*, нагая, нагой, нагую, нагие
            нагота, наготы
            обнажен*, обнажить, раздет*, раздева*, раздень*, разденься, раздень, нюдс*, нюды
            без (одежды;трусов;лифчика;белья;трусиков), стриптиз*, топлес*, полуголы*, полугола*, ню фото
            """
        ),
        (
            .suggestive,
            """
            seksown*, zmysłow*, uwodzicielsk*, prowokacyjn*, bielizn* (erotyczn*;seksown*;koronkow*), sexowna, соблазнительн*, сексапил*
            чувственн*, развратн*, горячая (девушка;красотка), попк|а|у|ой, pupa ~ (pokaz*;nag*)
            """
        ),
        (.revealing, "bielizn*, strój kąpielowy, stanik, majtki, majteczki, купальник*, нижнее белье, трусик*, лифчик*, бикини"),
        (
            .minor,
            """
            dzieck*, dzieci, dziećmi, dziecięc*, dziewczynk*, chłopczyk*, nieletni*, niepełnoletni*, małoletni*, nastolat*, nastoletni*
            szkoła, szkole, szkoły, szkoln*, uczennic*, uczeń, uczniowie, przedszkol*, gimnazjalist*, licealist*, niemowl*
            piętnastolat*, czternastolat*, trzynastolat*, szesnastolat*, siedemnastolat*, dwunastolat*, piętnastoletni*
            czternastoletni*, trzynastoletni*, szesnastoletni*, siedemnastoletni*, dwunastoletni*
            ребен*, ребёнок, дети, детей, детям, детьми, детск*, девочк*, мальчик*, школьни*, школа, школе, школы, школу, школьн*
            подрост*, несовершеннолет*, малолет*, младен*, тинейджер*, первоклас*, лолит*, лоли, шота, ученица, ученицы, девчушк*
            дошкольни*
            десятилетн*, одиннадцатилетн*, двенадцатилетн*, тринадцатилетн*, четырнадцатилетн*, пятнадцатилетн*, шестнадцатилетн*
            семнадцатилетн*, восьмилетн*, девятилетн*
            """
        ),
        (
            .youth,
            """
            dziewczyn|a|y|ę|ą, chłopak, chłopiec, chłopca, chłopcy, młoda, młody, młode, młodziutk*, córk|a|ę|i, siostrzenic*, studentk*
            девчонк*, парень, молоденьк*, юная, юный, юную, юные, дочь, дочк*, студентк*, племянниц*, молодая, молодой, молодую
            """
        ),
        (
            .everyday,
            """
            młod|a|y|e (kobiet*;para;mama), młody mężczyzna, młodzi dorośli, молодая (женщина;пара;мама;картошка), молодой мужчина
            молодую женщину, gołym okiem, gołe drzewa, naga prawda, невооруженным глазом, голая правда, голые (деревья;ветки;стены)
            школа (танцев;вождения;искусств), член (команды;клуба;партии;экипажа;жюри), piersi (kurczaka;kaczki), pierś z kurczaka
            golym okiem, nagie drzewa, nagie skaly, nagie fakty, nagi miecz
            """
        ),
    ]
}
