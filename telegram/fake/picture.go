package fake

import (
	"bytes"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"image/png"

	"github.com/gotd/td/tgerr"
)

// thumb is one size of a picture.
type thumb struct {
	Type string `json:"type"` // of photoSize: m, x, y, w by growing size
	W    int    `json:"w"`
	H    int    `json:"h"`
	Blob blob   `json:"blob"`
}

// The sizes of core.telegram.org/api/files#image-thumbnail-types that fit a box.
var pictureSizes = []struct {
	letter string
	box    int
}{{"m", 320}, {"x", 800}, {"y", 1280}, {"w", 2560}}

// drawPicture is the picture of a synthetic source: a gradient and three blocks
// whose colours and places come from the seed.
func drawPicture(seed uint32, width, height int) image.Image {
	img := image.NewRGBA(image.Rect(0, 0, width, height))
	n := seed
	next := func() uint32 { n = mix(n + 0x9E3779B9); return n }
	hue := func() color.RGBA { c := next(); return color.RGBA{uint8(c), uint8(c >> 8), uint8(c >> 16), 255} }
	from, to := hue(), hue()
	for y := range height {
		t := y * 255 / height
		blend := func(a, b uint8) uint8 { return uint8((int(a)*(255-t) + int(b)*t) / 255) }
		c := color.RGBA{blend(from.R, to.R), blend(from.G, to.G), blend(from.B, to.B), 255}
		draw.Draw(img, image.Rect(0, y, width, y+1), image.NewUniform(c), image.Point{}, draw.Src)
	}
	for range 3 {
		x, y := int(next())%width, int(next())%height
		block := image.Rect(x, y, x+width/4, y+height/4)
		draw.Draw(img, block.Intersect(img.Bounds()), image.NewUniform(hue()), image.Point{}, draw.Src)
	}
	return img
}

// fit scales img down into a square of box pixels; a smaller one stays as it is.
func fit(img image.Image, box int) image.Image {
	b := img.Bounds()
	w, h := b.Dx(), b.Dy()
	if w <= box && h <= box {
		return img
	}
	if w >= h {
		w, h = box, max(h*box/w, 1)
	} else {
		w, h = max(w*box/h, 1), box
	}
	small := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			small.Set(x, y, img.At(b.Min.X+x*b.Dx()/w, b.Min.Y+y*b.Dy()/h))
		}
	}
	return small
}

func encodePicture(img image.Image) ([]byte, error) {
	var b bytes.Buffer
	err := jpeg.Encode(&b, img, &jpeg.Options{Quality: 80})
	return b.Bytes(), err
}

// Telegram's limits of a picture: pixels of both sides together, and how many
// times the one may be as long as the other.
const (
	maxSides = 10000
	maxRatio = 20
)

func checkSides(w, h int) error {
	if w <= 0 || h <= 0 || w > maxSides || h > maxSides || w+h > maxSides || w > h*maxRatio || h > w*maxRatio {
		return tgerr.New(400, "PHOTO_INVALID_DIMENSIONS")
	}
	return nil
}

// decodePicture reads a JPEG or PNG, the two that a photo may be sent as. Its size
// is looked at first: a small file may unfold to more than fits memory.
func decodePicture(b []byte) (img image.Image, isJPEG bool, err error) {
	head, _, err := image.DecodeConfig(bytes.NewReader(b))
	if err != nil {
		return nil, false, tgerr.New(400, "IMAGE_PROCESS_FAILED")
	}
	if err := checkSides(head.Width, head.Height); err != nil {
		return nil, false, err
	}
	if img, err = jpeg.Decode(bytes.NewReader(b)); err == nil {
		return img, true, nil
	}
	if img, err = png.Decode(bytes.NewReader(b)); err == nil {
		return img, false, nil
	}
	return nil, false, tgerr.New(400, "IMAGE_PROCESS_FAILED")
}

// stripped is the inline miniature of core.telegram.org/api/files#stripped-thumbnails:
// the JPEG's scan after a header that every client knows. That header has the
// standard tables at quality 20, which Go's encoder writes too.
func stripped(img image.Image) ([]byte, error) {
	img = fit(img, 40)
	b := img.Bounds()
	// In colour, whatever img is: a grey JPEG has another header.
	small := image.NewRGBA(image.Rect(0, 0, b.Dx(), b.Dy()))
	draw.Draw(small, small.Bounds(), img, b.Min, draw.Src)
	var buf bytes.Buffer
	if err := jpeg.Encode(&buf, small, &jpeg.Options{Quality: 20}); err != nil {
		return nil, err
	}
	scan := buf.Bytes()
	start := bytes.Index(scan, []byte{0xFF, 0xDA}) + 14 // SOS: marker, length 12
	body := scan[start : len(scan)-2]                   // without EOI
	return append([]byte{1, byte(b.Dy()), byte(b.Dx())}, body...), nil
}
