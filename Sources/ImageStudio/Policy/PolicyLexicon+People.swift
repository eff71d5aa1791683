extension PolicyLexicon {
    /// Who the people in a text are, in English. Grown: what makes a youth word beside it an adult.
    static let englishPeople: [(PolicySignal, String)] = [
        (
            .minor,
            """
            minors, a minor, minor, underage+/d, under age/d, teen+/s, teenage, teenaged, teenager+/s, preteen+/s, pre teen/s, tween+/s
            adolescen*, juvenile/s, prepubescent, pubescent, prepube*
            kid+/s, kiddo/s, kiddie+/s, kiddy, child+, children+, childs, childlike, childish body, childhood, toddler+/s, infant/s
            newborn/s, schoolgirl+/s, schoolboy+/s, school, schools, schoolkid/s, schoolchild/ren
            schooluniform, pupil/s, kindergarten*, kindergartner/s, preschool*, elementary, daycare, middleschool*, highschool*
            middle schooler/s, high schooler/s, freshman girl,
            (little;small;tiny;baby;preteen) (girl/s;boy/s;sister/s;brother/s;sis;bro;one/s;daughter;son), girl scout/s, boy scout/s
            cub scout/s, loli+/s, lolita+/s, shota+/s, gymslip
            barely legal, not (legal;18;eighteen;adult) yet, not yet (18;eighteen;legal;adult;grown), under (eighteen;18), sub 18
            below (eighteen;18), jail bait, lil (girl/s;boy/s), youngster/s, underaged
            (sixth;seventh;eighth;ninth;tenth;eleventh;fifth;fourth;third;second;first) grade/r/rs, grade schooler/s, grade school
            sweet sixteen, sweet 16, quinceañera, puberty, flat chested girl
            jr high, junior high, girls under 18, 👶, 🧒, 👧, 👦, 🍼, 🎒, ageplay, age play, ddlg, little space, orphan/s, prepubertal, cp
            middle school student
            young (looking;teen/s;girl/s;boy/s;child;children;kid/s;schoolgirl), teeny, teenie/s, young ish girl, youngest
            babyface girl, as a (kid;child;baby;teen)
            """
        ),
        (
            .youth,
            """
            girl+/s, girlie, girly girl, boy+/s, young+, younger, youthful, youth/s, student/s, daughter/s, son, sons, niece/s
            nephew/s, classroom/s, bab|y|ies, babygirl/s, sister/s, stepdaughter/s, stepsister/s, stepsis
            sibling/s, cheerleader/s, virgin/s, freshman, sophomore/s, undeveloped, small breasted girl, nymphet/s, braces, pigtails
            childlike, petite girl, grandson, granddaughter, junior, lass, lad, cousin/s, scout/s, legal teen
            """
        ),
        (
            .adult,
            """
            woman+, women+, man, men, lady, ladies, gentleman, gentlemen, guy/s, wife, wives, husband/s, girlfriend/s, boyfriend/s
            adult/s, mature, milf/s, mother, father, mom, mum, dad, couple/s
            grandma, grandpa, grandmother, grandfather, granny, bride, groom, nurse, secretary, businesswoman, businessman, actress
            actor, model, teacher, housewife, lover/s, elderly, middle aged, fiance, fiancee
            mujer/es, hombre/s, esposa, esposo, marido, señora, novia, adulta, adulto, mulher/es, homem, homens, esposa, namorada
            femme/s, homme/s, epouse, mari, dame, adulte/s, frau, frauen, mann, manner
            ehefrau, ehemann, erwachsen*, donna, donne, uomo, uomini, moglie, marito, adulta, vrouw, vrouwen, mannen, volwassen*
            kobiet*, mezczyzn*, zona, zony, maz, dorosl*, женщин*, мужчин*, жена, жены, муж, взросл*
            kadin*, erkek, yetiskin*, karim, kocam, امراه, نساء, رجل, زوجه, زوجتي, بالغ, بالغه, औरत*, महिला*, पुरुष*, पत्नी, aurat*
            mahila*, biwi
            """
        ),
        (
            .grown,
            """
            adult, college, university, grown, grown up, of legal age, legal aged, over (18;eighteen;21)
            in (her;his;their) (twenties;thirties;forties;fifties;sixties;20s;30s;40s;50s)
            20s, 30s, 40s, 50s, 60s, twenties, thirties, forties, fifties, mature, adulta, adulto, mayor/es de edad, maior de idade
            majeur/e, volljahrig*, maggiorenn*, pelnoletn*, совершеннолетн*, meerderjarig*, universitari*, studentin
            """
        ),
        (
            .realPerson,
            """
            celebrity, celebrities, celeb/s, famous (actress;actor;singer;person), pop star
            my (ex;exes;boss;coworker;colleague;neighbor;neighbour;teacher;professor;crush;classmate;roommate)
            my ex (girlfriend;wife;boyfriend;husband)
            (coworker;colleague;neighbor;neighbour;roommate) s, this (real;actual) (person;woman;man), real person, faceswap*
            face swap*, deepfake*, (her;his;my;this;your) ~ selfie, (her;his) instagram, from instagram
            my girlfriend s photo, likeness of, looks exactly like ~ (actress;singer;actor), president, prime minister, politician/s
            mi (ex;jefa;jefe;vecina;profesora;compañera), celebridad, famosa, minha (ex;chefe;vizinha;professora), mon ex
            ma (voisine;prof;patronne;collegue), celebrite
            meine (ex;chefin;nachbarin;lehrerin;kollegin), promi, la mia ex, моя бывшая, знаменитост*, eski sevgilim, 明星
            """
        ),
    ]
}
