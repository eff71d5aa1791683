extension PolicyLexicon {
    /// Phrases that take a term's meaning away, and words that join and deny.
    static let readingTerms: [(PolicySignal, String)] = [
        (
            .everyday,
            """
            naked (eye/s;mole;truth;cake/s;bike/s;singularity;flame/s;tree/s;branch/es;neck;chef)
            naked (lunch;gun;burger;wine;light;bulb;attraction;juice;sword;aggression;ambition), bare naked ladies, naked bib
            nude (lip;lips;lipstick/s;colour;color/s;colours;heel/s;pump/s;shoe/s;nail/s;makeup;tone/s)
            nude (shade/s;palette/s;polish;tights;beige;pink;eyeshadow;gloss;mouse;mice;coloured;colored;stilettos)
            nude (leather;fabric;manicure;sandals;coat;trench;sweater;carpet;mug;background;wall/s;handbag;bag)
            (same;opposite;fair;fairer;either;both;biological) sex/es
            sex (education;ed;discrimination;chromosome/s;ratio;equality;pistols)
            sex (determination;difference/s;linked;hormone/s;male;female;m;f)
            sex and the city, gender (and;or) sex, age sex, safe sex (poster;campaign;leaflet;brochure)
            sexual (orientation;reproduction;health;dimorphism;education;selection), sexually dimorphic
            (chicken;turkey;duck;goose;pheasant;pigeon;grilled;roasted;roast) breast/s
            (smoked;fried;poultry;quail;robin;red;orange;white;fillet;stuffed) breast/s
            breast (cancer;stroke;feeding;pocket/s;plate/s;milk;pump/s;meat;fillet/s;exam/s;screening;collar;bone)
            breast of (chicken;duck;turkey), beat/ing ~ breast, (robin;bird;swallow;finch;pigeon;sparrow) s breast/s, double breast/s
            rape (seed/s;oil;field/s;flower/s;blossom/s;plant/s;honey), oilseed rape, rape a la, rape con, rape al, al rape
            sopa de rape, cime di rape, orecchiette (con;alle) ~ rape, orecchiette con cime di rape, rape rosse, rape blu
            (blue;great;coal;bearded;marsh;willow;crested;longtailed;tailed;eurasian) tit/s, tit for tat, tit mouse
            tit (bird/s;family;nest), tits (bird/s;feeding;nesting;on the feeder)
            cock (crow/s/ing;crowed;robin;fight/s/ing;pheasant/s;sparrow/s;feather/s;a doodle;and bull;of the walk)
            (weather;black;turkey;game;ball;stop;proud;red;fighting) cock/s, a cock crow*, the cock crow*, cock a doodle ~
            cock on ~ (steeple;roof;farm;weathervane)
            (moby;spotted;uncle;cousin;philip k;tom;major) dick
            dick (tracy;van;cheney;grayson;clark;whittington;turpin;smith;and jane;dastardly;francis;cavett;butkus)
            dick (fosbury;wolf;powell;gregory;button;emery;barton;hebdige;van dyke;s sporting;durbin;williams;king;johnson)
            pussy (willow/s;cat/s;foot;riot;bow;galore;cat s;toes), (cigarette;cigar;water;rifle;gun;musket;gun stock;pork;fag) butt/s
            butt (of the joke;joint/s;hinge/s;weld;dial;end), butts of, pirate booty, booty (chest;treasure), pirates ~ booty
            booty from
            ass (and;or) ox, ox and ass, ox and ~ ass, wild ass/es, (asiatic;african;somali;persian) ~ ass/es, ass s milk, smart ass
            kick ass, kick s ass, bad ass, badass, kickass, silly ass, bum bag/s
            anal (fin/s;retentive), erection of, erection (crane/s;site), steel erection, anus of the sea, glans (nut;acorn)
            vibrator (concrete;motor), concrete vibrator, glue stripper, paint stripper/s, wire stripper/s
            (strip/s;stripping) ~ (paint;wallpaper;varnish;wire;bed;insulation) ~ off
            remov|e|es|ing ~ (shirt;dress;jacket;clothes;pants) (stain/s;wrinkle/s;label/s;button/s;tag/s)
            stripping (paint;wallpaper;wood;the paint;the wallpaper), paint stripping, cable stripping
            stripped down (version;engine;bike;car;design;acoustic;interior), strip/s/ped down ~ (version;engine)
            strip off ~ (paint;wallpaper;varnish), (nipple;grease) (fitting;gun), bottle nipple/s, nipple (brush/es;shield/s;bottle/s)
            stripper well/s, hooker ~ (rugby;scrum;crochet), (called;named;mister;mr;sir) dick, nipple cactus, grease nipple/s
            (pipe;hex) nipple/s
            cum laude, explicit content (warning;label;sticker), parental advisory explicit content, (magna;summa) cum, cum grano
            (bed;sitting;kitchen;lounge) ~ cum ~ (room;kitchen;dining;office;study)
            sperm (whale/s;bank), xxx (olympiad;large;l;return of;state of), xxx xxx, super bowl xxx, xxx lutz
            hot dog/s, orgy of (colour/s;color/s;flavour/s;flavor/s;light;sound/s;destruction;evidence), horny toad/s, boobie prize
            booby (trap/s;prize;bird/s), blue footed boob*, boob (tube), slut walk, hooker (knit;rug;crochet), rugby hooker
            crochet hooker/s, john lee hooker, crotch rocket/s
            cat s (eye;cradle), golden retriever, fuck cancer
            (take;takes;taking;took;pull/s/ing) ~ (lid;top) off ~ (bottle;jar;pot;box)
            (bottle;jar;mountain;hill) top off, remov|e|es|ing ~ top ~ (pineapple;carrot;strawberry)
            (shoes;hat;coat;jacket;gloves;mask) off, kinky (hair;curls;boots;twists), kinky curly, kinky straight, coily kinky
            phallic (mushroom/s;stinkhorn)
            kid (gloves;leather;goat/s;curry;rock;cudi;icarus;a), billy the kid
            inner child, child (process/es;theme;node/s), poster child, child s play, child prodigy actor, kid you not
            school of (fish;thought;dolphins;art;law;medicine;whales;herring;rock;athens)
            (old;business;law;medical;med;grad;graduate;art;film;driving;flight;night) school/s
            (dance;drama;cooking;culinary;nursing;fashion;acting;dental;yoga;design;surf;ski) school/s, new school (tattoo;hip;rap)
            old schooler
            minor (key/s;chord/s;scale/s;league/s;detail/s;edit/s;change/s;scratch/es;injury;injuries;issue/s)
            minor (bug/s;character/s;role;damage;wear;planet/s;arcana;prophet/s;adjustment/s;repair/s;flaw/s)
            minor (bruise/s;cut;cuts;version;problem/s;tweak/s;imperfection/s;tone;seventh;blues;delay/s)
            (ursa;asia;c;d;e;f;g;b;a flat;b flat;sharp;teacup;canis;leo) minor, in a minor, sonata ~ minor
            a minor (key;chord;scale;detail;issue;scratch;change;bug;edit;injury;role;league;problem;tweak)
            baby (blue/s;pink;oil;grand;doll;bump;shower;steps;powder;back;carrot/s;corn)
            baby (spinach;boomer/s;driver;yoda;shark;kale;bok;potatoes;hair;hairs;breath;s breath)
            (oh;hey;yes;yeah;hi;please;hello;love you;sorry;thanks;sugar;come on;babe) baby, dirty baby ~ dancing, rock a bye baby
            baby please, baby come, million dollar baby
            (golden;bond;cover;call;pin up;cam;working) girl/s, girl power
            gossip girl
            (old;game;play;fan;cow) boy/s
            boy (band/s;george)
            boys night ~, boys will be boys
            young (woman;women;man;men;lady;ladies;adult/s;couple;professional/s;mother;father;mum)
            young (mom;wife;husband;sheldon;neil;plant/s;tree/s;leaves;at heart;wine;entrepreneur)
            younger (woman;women;man;men;wife;self), (neil;angus;coleman;cy;brigham;carl;arthur) young, youth hostel, forever young
            fountain of youth
            junior (partner;developer;engineer;doctor;manager;minister)
            (college;university;grad;graduate;phd;adult;mature;law;medical;med;art) student/s, lad s night, student loan/s
            braces (for trousers), suspenders and braces
            virgin (olive;mary;mojito;wool;atlantic;snow;forest;islands;media;galactic;records;river;soil;colada;cocktail;mohito)
            extra virgin ~
            twist/ed sister, sister act, soul sister, son of, sons of (anarchy), ass kicking, bull s eye, pit bull, bull market
            bull terrier, red bull, clothes horse, horse power, sea horse/s, under dog, dog tag/s, hot rod, hot flash
            unconscious bias, slave (cylinder;driver to fashion), choke (chain;point)
            forced (perspective;smile/s;air;march;induction;labour;labor), drunk driving, captive audience, bloody (mary;hell)
            blood orange
            in the buff colour, buff colored, bare bones, bath (towel/s;tub toys;mat;bomb/s;england;house), baby bath, bird bath/s
            bath city, city of bath, bathing suit boutique
            adult (coloring;colouring;education;learning;swim;size/s;cat;dog;diaper/s;ticket), no pants subway, make love not war
            no top hat, spread ~ legs ~ (table;tripod;chair), (table;tripod;chair;easel;stand;stool) ~ legs ~ spread
            legs spread ~ (tripod;table), transparent (shirt pocket), shirt off ~ back, doggy style jumper, snoop ~ doggystyle
            doggystyle album
            nudist beach sign, sensual perfume, provocative (question/s;thought/s;idea/s;statement/s;essay;headline)
            thought provocative, booty bag, cunt splice, president s day
            full frontal (view of the car;assault), penis envy cactus, sex wax, adult entertainment licence, girl guides
            condom machine, blowjob shot, x rated movie theater, beat up, hostage negotiat*, hostage crisis, gore tex, al gore
            gore verbinski, lesley gore
            making out ~ (shape/s;details;words;text), nue propriete, nothing on tv
            nothing on (the;my) (wall;walls;table;desk;shelf;screen;menu;tv), topless (car;convertible;jeep;bus;towers;tower)
            (jeep;convertible) ~ topless, bottomless brunch
            undressed (salad;stone/s;timber;leather;wound;granite), undressed salad, exposed (brick/s;beam/s;concrete)
            see through (box;glass;umbrella;phone), strip (mall;light/s;lighting;steak;of land;down the wall), las vegas strip
            comic strip/s, without clothes (line;pegs;hangers;moths), no clothes (line;pegs;hangers), clothes (line;rack)
            """
        ),
        (
            .protective,
            """
            (stop;against;anti;prevent*;ending;fighting) ~ (rape;sexual), (stop;against;anti;prevent*) sex (trafficking;slavery)
            (rape;assault;violence;abuse;trafficking) (awareness;crisis;survivor/s;prevention;hotline)
            (rape;assault;violence;abuse;trafficking) (helpline;support;charity;counsel*;law/s)
            (assault;violence;abuse) (victims;survivors) (support;memorial), contra (la;el;as) ~ (violacion;estupro;violencia;abuso)
            contre le viol
            contre (les;l) ~ (violences;agressions;abus), gegen ~ (vergewaltigung;sexuelle), tegen ~ (verkrachting;seksueel)
            przeciw* ~ gwalt*
            против ~ (изнасилован*;насилия), contro ~ (stupro;violenza), ضد ~ (اغتصاب;الاغتصاب), tecavuze ~ (hayir;karsi)
            बलात्कार ~ (विरोध;रोको)
            """
        ),
        (
            .negation,
            """
            no, not, non, without, never, nothing, avoid/s/ing, zero, free of, isnt, isn t, arent, aren t, dont, don t, doesn t, didn t
            won t, wasn t, exclude/s/d, excluding, instead of, neither, nor, forbid, ban, hide, remove any, nix, prohibit
            sin, nada de, ningun*, sans, pas, aucun*, jamais, kein, keine, keinen, keiner, keinerlei, ohne, nicht, senza, niente
            nessun*, mai, sem, nao, nenhum*, nunca, geen, zonder, niet, nooit, bez, nie, zadn*, без, не, никак*, нет
            بدون, بلا, لا, ليس, ليست, غير, बिना, bina, न, 没有, 不要, 禁止, 不是, 不能, 无, 沒有, 無, 非
            """
        ),
        (
            .negationAfter,
            """
            free, forbidden, prohibited, banned, not (allowed;permitted;wanted;welcome), excluded, prohibid*, prohibited, interdit*
            proibid*, verboten, vietat*, verboden, zabronion*, запрещ*, yok, degil, olmadan, olmasin, icermez, yasak, nahi, nahin, नहीं
            ممنوع*
            なし, 禁止, ではない, じゃない, 없이, 없는, 없음, 금지, 아닌, 아님
            """
        ),
        (
            .bridge,
            """
            any, kind, kinds, sort, of, form, forms, type, all, full, partial, the, a, an, is, are, be, being, have, include, show
            contain, containing, depict, content, explicit, at, or, nor, strictly, absolutely, overly, too, in, do, make, add, use, her
            him, it
            de, des, du, d, tipo, cualquier, ningun, aucune, irgendwelche, di, un, una, is, ist, sind, es, esta, est, sont, e, sao, og
            of, en, zadnych, scen, zadnej, was, gets, get
            """
        ),
        (.emphasis, "enough, yet"),
        (
            .companion,
            """
            pic, pics, photo, photos, picture, pictures, image, images, video, videos, vid, vids, selfie, selfies, body, model, models
            babe, babes, chick, chicks, art, cam, cams, chat, show, shows, club, doll, dolls, tape, party, toon, toons
            slave, slaves, lover, lovers, tube, site, movie, movies, film, films, pose, poses, time, queen, kitten, cosplay, scene
            scenes, ass, bomb, toy, toys, beach, lady, me, her, him, you, now, ai, anime, manga, hub, star, stars, king, god, goddess
            bild, bilder, foto, fotos, filme, frau, frauen, modell, szene, szenen, baby, content, leak, leaks, stuff, gen, fun, hot
            wife
            """
        ),
    ]
}
