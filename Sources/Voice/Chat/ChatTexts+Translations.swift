extension ChatTexts {
    /// Texts in other languages, as far as there are any.
    static let translations: [String: [ChatPhrase: String]] = [
        "de": [
            .stranger: "Dieser Bot ist privat. Wer ihn betreibt, kann dich zulassen; deine Kennung ist `{user}`.",
            .blocked: "Du kannst diesen Bot zurzeit nicht benutzen.",
            .tooFast: "Bitte etwas langsamer: Erlaubt sind {limit} Nachrichten in {span}. Versuch es in {wait} wieder.",
            .start: """
                Hallo! Ich höre zu, denke nach und antworte, geschrieben und gesprochen.

                1. Schick mir eine Sprachnachricht, oder schreib.
                2. Warte einen Moment: Du siehst, was ich verstanden habe, und die Antwort, während sie entsteht.
                3. Frag weiter. Ich behalte unser Gespräch; /reset beginnt ein neues.

                /help zeigt, was ich sonst noch kann.
                """,
            .help: """
                **Sprich mit mir**: Sprachnachrichten bis {seconds} s und {megabytes} MB, oder Text.

                /language `[Kürzel]` – die Sprache, die ich höre und spreche
                /mode `voice|text|both` – ob ich Antworten auch spreche
                /voice `[Name]` – meine Stimme; `/voice again` spricht die letzte Antwort noch einmal
                /persona `[Text]` – wer ich sein soll; `/persona off` beendet es
                /history `[n]` – unsere letzten Nachrichten
                /reset – ein neues Gespräch beginnen
                /cancel – anhalten, was ich gerade tue
                /forget – alles löschen, was ich über dich aufbewahre
                /status – ob alles in Ordnung ist
                /ping – ob ich da bin
                """,
            .languageSet: "Die Sprache ist jetzt {language}.",
            .listening: "🎧 Ich höre zu …",
            .thinking: "💭 Ich denke nach …",
            .speaking: "🗣 Ich spreche …",
            .again: "⏳ Das hat noch nicht geklappt. Neuer Versuch in {wait} …",
            .cancelled: "✋ Angehalten.",
            .nothingHeard: """
                Ich konnte nichts verstehen. Sprich etwas lauter oder näher am Mikrofon, mit weniger Lärm ringsum und in der eingestellten \
                Sprache (/language).
                """,
            .tooShort: "Das war zu kurz: Ich brauche mindestens eine Zehntelsekunde.",
            .tooLong: "Diese Nachricht dauert {seconds} s; bis {limit} s sind möglich. Bitte teile sie auf.",
            .tooLarge: "Diese Datei hat {size} MB; bis {limit} MB sind möglich.",
            .busy: "Ich bin gerade sehr beschäftigt. Bitte versuch es in {wait} wieder.",
            .failed: "Bei mir ist etwas schiefgegangen. Bitte versuch es noch einmal. (`{code}`)",
            .voiceUncertain: "_Die Sprachnachricht ist vielleicht nicht angekommen. /voice again schickt sie._",
        ],
        "es": [
            .stranger: "Este bot es privado. Su dueño puede darte acceso; tu identificador es `{user}`.",
            .blocked: "Por ahora no puedes usar este bot.",
            .tooFast: "Más despacio, por favor: se permiten {limit} mensajes en {span}. Inténtalo de nuevo en {wait}.",
            .start: """
                ¡Hola! Escucho, pienso y respondo, por escrito y en voz alta.

                1. Envíame un mensaje de voz, o escribe.
                2. Espera un momento: verás lo que he entendido y la respuesta mientras llega.
                3. Sigue preguntando. Recuerdo nuestra conversación; /reset empieza una nueva.

                /help muestra qué más sé hacer.
                """,
            .help: """
                **Habla conmigo**: mensajes de voz de hasta {seconds} s y {megabytes} MB, o texto.

                /language `[código]` – el idioma que oigo y hablo
                /mode `voice|text|both` – si también digo mis respuestas en voz alta
                /voice `[nombre]` – mi voz; `/voice again` repite la última respuesta
                /persona `[texto]` – quién debo ser; `/persona off` lo termina
                /history `[n]` – nuestros últimos mensajes
                /reset – empezar una conversación nueva
                /cancel – detener lo que estoy haciendo
                /forget – borrar todo lo que guardo sobre ti
                /status – si todo va bien
                /ping – si estoy aquí
                """,
            .languageSet: "Ahora el idioma es {language}.",
            .listening: "🎧 Escuchando …",
            .thinking: "💭 Pensando …",
            .speaking: "🗣 Hablando …",
            .again: "⏳ Aún no ha funcionado. Lo intento de nuevo en {wait} …",
            .cancelled: "✋ Detenido.",
            .nothingHeard: """
                No he podido entender nada. Habla un poco más alto o más cerca del micrófono, con menos ruido y en el idioma elegido (/language).
                """,
            .tooShort: "Ha sido demasiado corto: necesito al menos una décima de segundo.",
            .tooLong: "Ese mensaje dura {seconds} s; acepto hasta {limit} s. Divídelo, por favor.",
            .tooLarge: "Ese archivo tiene {size} MB; acepto hasta {limit} MB.",
            .busy: "Ahora mismo estoy muy ocupado. Inténtalo de nuevo en {wait}.",
            .failed: "Algo ha fallado por mi parte. Inténtalo de nuevo, por favor. (`{code}`)",
            .voiceUncertain: "_Puede que el mensaje de voz no haya llegado. /voice again lo envía._",
        ],
        "fr": [
            .stranger: "Ce bot est privé. Son propriétaire peut vous y autoriser ; votre identifiant est `{user}`.",
            .blocked: "Vous ne pouvez pas utiliser ce bot pour le moment.",
            .tooFast: "Un peu moins vite, s'il vous plaît : {limit} messages en {span} sont permis. Réessayez dans {wait}.",
            .start: """
                Bonjour ! J'écoute, je réfléchis et je réponds, par écrit et à voix haute.

                1. Envoyez-moi un message vocal, ou écrivez.
                2. Patientez un instant : vous voyez ce que j'ai compris et la réponse à mesure qu'elle vient.
                3. Continuez. Je me souviens de notre conversation ; /reset en commence une nouvelle.

                /help montre ce que je sais faire d'autre.
                """,
            .help: """
                **Parlez-moi** : messages vocaux jusqu'à {seconds} s et {megabytes} Mo, ou du texte.

                /language `[code]` – la langue que j'entends et que je parle
                /mode `voice|text|both` – si je dis aussi mes réponses à voix haute
                /voice `[nom]` – ma voix ; `/voice again` redit la dernière réponse
                /persona `[texte]` – qui je dois être ; `/persona off` y met fin
                /history `[n]` – nos derniers messages
                /reset – commencer une nouvelle conversation
                /cancel – arrêter ce que je fais
                /forget – effacer tout ce que je garde sur vous
                /status – si tout va bien
                /ping – si je suis là
                """,
            .languageSet: "La langue est maintenant : {language}.",
            .listening: "🎧 J'écoute …",
            .thinking: "💭 Je réfléchis …",
            .speaking: "🗣 Je parle …",
            .again: "⏳ Cela n'a pas encore marché. Nouvel essai dans {wait} …",
            .cancelled: "✋ Arrêté.",
            .nothingHeard: """
                Je n'ai rien pu comprendre. Parlez un peu plus fort ou plus près du micro, avec moins de bruit, et dans la langue choisie \
                (/language).
                """,
            .tooShort: "C'était trop court : il me faut au moins un dixième de seconde.",
            .tooLong: "Ce message dure {seconds} s ; j'en accepte jusqu'à {limit}. Divisez-le, s'il vous plaît.",
            .tooLarge: "Ce fichier fait {size} Mo ; j'en accepte jusqu'à {limit}.",
            .busy: "Je suis très occupé en ce moment. Réessayez dans {wait}.",
            .failed: "Quelque chose s'est mal passé de mon côté. Réessayez, s'il vous plaît. (`{code}`)",
            .voiceUncertain: "_Le message vocal n'est peut-être pas arrivé. /voice again l'envoie._",
        ],
        "it": [
            .stranger: "Questo bot è privato. Il proprietario può darti accesso; il tuo identificativo è `{user}`.",
            .blocked: "Al momento non puoi usare questo bot.",
            .tooFast: "Un po' più piano, per favore: sono permessi {limit} messaggi in {span}. Riprova tra {wait}.",
            .start: """
                Ciao! Ascolto, penso e rispondo, per iscritto e a voce.

                1. Mandami un messaggio vocale, oppure scrivi.
                2. Aspetta un momento: vedrai ciò che ho capito e la risposta mentre arriva.
                3. Continua pure. Ricordo la nostra conversazione; /reset ne comincia una nuova.

                /help mostra che altro so fare.
                """,
            .help: """
                **Parlami**: messaggi vocali fino a {seconds} s e {megabytes} MB, oppure testo.

                /language `[codice]` – la lingua che sento e parlo
                /mode `voice|text|both` – se dico le risposte anche a voce
                /voice `[nome]` – la mia voce; `/voice again` ripete l'ultima risposta
                /persona `[testo]` – chi devo essere; `/persona off` la toglie
                /history `[n]` – i nostri ultimi messaggi
                /reset – comincia una nuova conversazione
                /cancel – ferma ciò che sto facendo
                /forget – cancella tutto ciò che conservo su di te
                /status – se va tutto bene
                /ping – se ci sono
                """,
            .languageSet: "Ora la lingua è {language}.",
            .listening: "🎧 Ascolto …",
            .thinking: "💭 Sto pensando …",
            .speaking: "🗣 Sto parlando …",
            .again: "⏳ Non ha ancora funzionato. Riprovo tra {wait} …",
            .cancelled: "✋ Fermato.",
            .nothingHeard: """
                Non ho capito nulla. Parla un po' più forte o più vicino al microfono, con meno rumore e nella lingua impostata (/language).
                """,
            .tooShort: "Era troppo breve: mi serve almeno un decimo di secondo.",
            .tooLong: "Quel messaggio dura {seconds} s; ne accetto fino a {limit}. Dividilo, per favore.",
            .tooLarge: "Quel file è di {size} MB; ne accetto fino a {limit}.",
            .busy: "Al momento sono molto occupato. Riprova tra {wait}.",
            .failed: "Qualcosa è andato storto da parte mia. Riprova, per favore. (`{code}`)",
            .voiceUncertain: "_Forse il messaggio vocale non è arrivato. /voice again lo invia._",
        ],
        "pt": [
            .stranger: "Este bot é privado. O dono pode dar-te acesso; o teu identificador é `{user}`.",
            .blocked: "De momento não podes usar este bot.",
            .tooFast: "Um pouco mais devagar, por favor: são permitidas {limit} mensagens em {span}. Tenta de novo daqui a {wait}.",
            .start: """
                Olá! Eu ouço, penso e respondo, por escrito e em voz alta.

                1. Envia-me uma mensagem de voz, ou escreve.
                2. Espera um momento: vês o que entendi e a resposta à medida que chega.
                3. Continua. Lembro-me da nossa conversa; /reset começa uma nova.

                /help mostra o que mais sei fazer.
                """,
            .help: """
                **Fala comigo**: mensagens de voz até {seconds} s e {megabytes} MB, ou texto.

                /language `[código]` – a língua que ouço e falo
                /mode `voice|text|both` – se também digo as respostas em voz alta
                /voice `[nome]` – a minha voz; `/voice again` repete a última resposta
                /persona `[texto]` – quem devo ser; `/persona off` termina isso
                /history `[n]` – as nossas últimas mensagens
                /reset – começar uma conversa nova
                /cancel – parar o que estou a fazer
                /forget – apagar tudo o que guardo sobre ti
                /status – se está tudo bem
                /ping – se estou aqui
                """,
            .languageSet: "A língua agora é {language}.",
            .listening: "🎧 A ouvir …",
            .thinking: "💭 A pensar …",
            .speaking: "🗣 A falar …",
            .again: "⏳ Ainda não funcionou. Nova tentativa daqui a {wait} …",
            .cancelled: "✋ Parado.",
            .nothingHeard: """
                Não consegui entender nada. Fala um pouco mais alto ou mais perto do microfone, com menos ruído e na língua definida (/language).
                """,
            .tooShort: "Foi curto demais: preciso de pelo menos um décimo de segundo.",
            .tooLong: "Essa mensagem dura {seconds} s; aceito até {limit} s. Divide-a, por favor.",
            .tooLarge: "Esse ficheiro tem {size} MB; aceito até {limit} MB.",
            .busy: "Estou muito ocupado neste momento. Tenta de novo daqui a {wait}.",
            .failed: "Algo correu mal do meu lado. Tenta de novo, por favor. (`{code}`)",
            .voiceUncertain: "_A mensagem de voz pode não ter chegado. /voice again envia-a._",
        ],
    ]
}
