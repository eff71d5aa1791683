#!/usr/bin/env bash
# Composes clips of known content: photographs moved and zoomed, rendered signs, spoken sentences.
#
#   scripts/compose-clips.sh OUT_DIR [sample|all]
#
# Photographs are read from $MARTLET_HOME/samples/photos, where set-up puts them. Questions about the clips, with the
# answers they should get, are in Tests/clips/questions.jsonl. Voices and fonts come with Debian's ffmpeg and DejaVu.
set -euo pipefail

out=${1:?usage: compose-clips.sh OUT_DIR [sample|all]}
what=${2:-sample}
: "${MARTLET_HOME:=${HOME:?}/.cache/martlet}"
photos=$MARTLET_HOME/samples/photos
font=/usr/share/fonts/truetype/dejavu/DejaVuSans-Bold.ttf
rate=25
en_space=$'\xe2\x80\x82'
mkdir -p "$out"

# A clip is collected shot by shot, then rendered in one go.
begin() { # NAME [WIDTHxHEIGHT]
    name=$1
    local size=${2:-640x360}
    width=${size%x*} height=${size#*x}
    # Moves are rendered from a larger picture, so that they glide by less than a pixel.
    large_width=$((width * 3)) large_height=$((height * 3))
    inputs=() filters=() shots="" shot_count=0 input_count=0 length=0 voices="" voice_count=0
}

input() { # OPTION...
    inputs+=("$@")
    input_count=$((input_count + 1))
}

add_shot() { # SECONDS FILTER_CHAIN
    filters+=("[$((input_count - 1)):v]$2,setsar=1,format=yuv420p[shot$shot_count]")
    shots+="[shot$shot_count]"
    shot_count=$((shot_count + 1))
    length=$(awk "BEGIN { print $length + $1 }")
}

# Sets `glide`: the zoompan filter for a move over that many seconds.
set_glide() { # SECONDS MOVE
    local frames
    frames=$(awk "BEGIN { print int($1 * $rate + 0.5) }")
    local t="(on/$frames)" zoom x y="(ih-ih/zoom)/2"
    case $2 in
        still) zoom=1 x="(iw-iw/zoom)/2" ;;
        in) zoom="1+0.16*$t" x="(iw-iw/zoom)/2" ;;
        in-slowly) zoom="1+0.06*$t" x="(iw-iw/zoom)/2" ;;
        out) zoom="1.18-0.16*$t" x="(iw-iw/zoom)/2" ;;
        left) zoom=1.5 x="(iw-iw/zoom)*(1-$t)" ;;
        right) zoom=1.2 x="(iw-iw/zoom)*$t" ;;
        up) zoom=1.15 x="(iw-iw/zoom)/2" y="(ih-ih/zoom)*(1-$t)" ;;
        *) echo "unknown move $2" >&2 && exit 2 ;;
    esac
    glide="zoompan=z='$zoom':x='$x':y='$y':d=$frames:s=${width}x$height:fps=$rate"
}

# A photograph filling the picture. ANCHOR: which part of its height stays (0 top, 0.5 middle).
photo() { # FILE SECONDS MOVE [ANCHOR]
    input -i "$photos/$1"
    set_glide "$2" "$3"
    add_shot "$2" "scale=$large_width:$large_height:force_original_aspect_ratio=increase:flags=lanczos,crop=$large_width:$large_height:(iw-ow)/2:(ih-oh)*${4:-0.5},$glide"
}

# A sign with one or two lines (capitals, digits and spaces) on a brick wall.
sign() { # SECONDS BOARD_COLOUR TEXT_COLOUR LINE [LINE]
    local seconds=$1 board=$2 ink=$3 boxes lines size longest=0 line
    shift 3
    for line in "$@"; do ((${#line} <= longest)) || longest=${#line}; done
    # DejaVu's own space is so narrow between capitals that text recognition misses it; half an em does.
    set -- "${@// /$en_space}"
    # DejaVu Bold capitals are about 0.77 of their size wide.
    size=$(awk "BEGIN { s = $large_width * 0.66 / (0.77 * $longest); m = $large_height * 0.17; print int(s < m ? s : m) }")
    boxes="drawbox=x=iw*0.105:y=ih*0.235:w=iw*0.80:h=ih*0.56:color=black@0.35:t=fill"
    boxes+=",drawbox=x=iw*0.10:y=ih*0.22:w=iw*0.80:h=ih*0.56:color=$board:t=fill"
    boxes+=",drawbox=x=iw*0.112:y=ih*0.241:w=iw*0.776:h=ih*0.518:color=$ink:t=$((large_width / 160))"
    local drawn="drawtext=fontfile=$font:expansion=none:fontcolor=$ink:fontsize=$size:x=(w-text_w)/2"
    if (($# == 1)); then
        lines="$drawn:text='$1':y=h*0.5-text_h/2"
    else
        lines="$drawn:text='$1':y=h*0.40-text_h/2,$drawn:text='$2':y=h*0.60-text_h/2"
    fi
    input -i "$photos/brick.png"
    set_glide "$seconds" in-slowly
    add_shot "$seconds" "transpose=1,scale=$large_width:$large_height:force_original_aspect_ratio=increase:flags=lanczos,crop=$large_width:$large_height,format=rgb24,colorchannelmixer=rr=0.95:gg=0.62:bb=0.50,$boxes,$lines,$glide"
}

plain() { # SECONDS COLOUR
    input -f lavfi -i "color=c=$2:s=${width}x$height:r=$rate:d=$1"
    add_shot "$1" "null"
}

# A red ball crossing a grey field. FROM and TO are fractions of the width.
ball() { # SECONDS FROM TO
    local size=$((height / 3))
    input -f lavfi -i "gradients=s=${width}x$height:r=$rate:d=$1:c0=0x9aa3ad:c1=0x5d666f:x0=0:y0=0:x1=0:y1=$height:speed=0.00001"
    filters+=("color=c=0xd02020:s=${size}x$size:r=$rate:d=$1,format=rgba,geq=r='r(X,Y)':g='g(X,Y)':b='b(X,Y)':a='255*lt(hypot(X-W/2,Y-H/2),W/2-1)'[ball$shot_count]")
    add_shot "$1" "null[field$shot_count];[field$shot_count][ball$shot_count]overlay=x='W*($2+($3-$2)*t/$1)-w/2':y=(H-h)/2:shortest=1"
}

add_voice() { # START
    local delay
    delay=$(awk "BEGIN { print int($1 * 1000) }")
    filters+=("[$((input_count - 1)):a]aresample=48000,volume=1.4,aformat=channel_layouts=mono,adelay=${delay}[voice$voice_count]")
    voices+="[voice$voice_count]"
    voice_count=$((voice_count + 1))
}

# A spoken sentence (letters, commas and stops).
speech() { # START VOICE SENTENCE
    input -f lavfi -i "flite=voice=$2:text='$3'"
    add_voice "$1"
}

# An audio track with nothing in it.
silence() {
    input -f lavfi -i "anullsrc=r=48000:cl=mono"
    add_voice 0
}

render() {
    local file=$out/$name.mp4 part=$out/.$name.part.mp4 maps=(-map "[picture]")
    filters+=("${shots}concat=n=$shot_count:v=1:a=0[picture]")
    if ((voice_count > 0)); then
        filters+=("${voices}amix=inputs=$voice_count:normalize=0,apad=whole_dur=$length,atrim=0:${length}[sound]")
        maps+=(-map "[sound]" -c:a aac -b:a 96k)
    fi
    echo "$name"
    local IFS=';'
    ffmpeg -v error -nostdin -y "${inputs[@]}" -filter_complex "${filters[*]}" "${maps[@]}" -t "$length" \
        -c:v libx264 -preset veryfast -crf 19 -pix_fmt yuv420p -r "$rate" -g 50 -movflags +faststart -bitexact "$part"
    mv -f "$part" "$file"
}

compose_sample() {
    begin sample 960x540
    photo chelsea.png 3.2 out 0.4
    sign 3 0x14532d 0xfff7e0 "OPEN DAILY" "FRESH COFFEE"
    photo coffee.png 2.8 in
    photo astronaut.png 3 up 0.1
    speech 1 slt "Hello and welcome. The boat leaves in ten minutes."
    render
}

compose_tests() {
    # One object.
    begin cat; photo chelsea.png 5 out 0.4; render
    begin coffee; photo coffee.png 5 in; render
    begin motorcycle; photo motorcycle_left.png 5 in-slowly; render
    begin astronaut; photo astronaut.png 5 up 0.1; render

    # Order of events.
    begin cat-then-coffee; photo chelsea.png 4 out 0.4; photo coffee.png 4 in; render
    begin motorcycle-then-cat; photo motorcycle_left.png 4 in-slowly; photo chelsea.png 4 out 0.4; render
    begin signs
    sign 3 0x1e3a8a white "PLATFORM 4"
    sign 3 0x7f1d1d white "NO SMOKING"
    sign 3 0x14532d white "EXIT"
    render

    # On-screen text.
    begin price-list; sign 4 0x292524 0xfde68a "COFFEE 3 EUROS" "TEA 2 EUROS"; render
    begin telephone; sign 4 0xfacc15 0x1c1917 "TAXI" "CALL 555 0142"; render
    begin german-sign; sign 4 0x7f1d1d white "BITTE" "NICHT RAUCHEN"; render

    # Speech.
    begin meeting; photo rocket.jpg 6 up; speech 1 rms "Please remember that the meeting starts at three in the afternoon."; render
    begin introduction; photo coffee.png 5.5 right; speech 1 slt "My name is Peter and I live in Boston."; render
    begin two-speakers
    photo motorcycle_left.png 9 in
    speech 0.8 slt "The rocket will be launched on Friday."
    speech 5 rms "The boat leaves in ten minutes."
    render
    begin silent; photo chelsea.png 5 in 0.4; silence; render

    # Motion, colours, scenes.
    begin pan-left; photo motorcycle_left.png 5 left; render
    begin ball-right; ball 4 0.12 0.88; render
    begin ball-left; ball 4 0.88 0.12; render
    begin blue; plain 4 0x1d4ed8; render
    begin red-green-blue; plain 2.5 0xc81e1e; plain 2.5 0x15803d; plain 2.5 0x1d4ed8; render
    begin four-scenes
    photo chelsea.png 2.5 out 0.4
    photo coffee.png 2.5 in
    photo rocket.jpg 2.5 up
    photo motorcycle_left.png 2.5 right
    render
}

case $what in
    sample) compose_sample ;;
    all)
        compose_sample
        compose_tests
        ;;
    *) echo "compose-clips.sh: unknown set $what (sample or all)" >&2 && exit 2 ;;
esac
