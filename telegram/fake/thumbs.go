package fake

import (
	"bytes"
	"image"
)

// cover is the picture of a thumbnail's source; nil = none.
func (w *world) cover(s *source) (image.Image, error) {
	switch {
	case s == nil:
		return nil, nil
	case s.Seed != nil:
		return drawPicture(*s.Seed, 320, 180), nil
	}
	d := document{Source: *s}
	if err := w.takeSource(&d); err != nil {
		return nil, err
	}
	img, _, err := w.readPicture(d)
	return img, err
}

// takePictures makes the sizes of a photo, or those of a file's cover.
func (w *world) takePictures(d *document, cover image.Image) error {
	img := cover
	if d.Kind == "photo" {
		var err error
		if img, err = w.takePhoto(d); err != nil {
			return err
		}
	}
	if img == nil {
		return nil
	}
	var err error
	if d.Stripped, err = stripped(img); err != nil {
		return err
	}
	for _, size := range pictureSizes {
		small := fit(img, size.box)
		t := thumb{Type: size.letter, W: small.Bounds().Dx(), H: small.Bounds().Dy()}
		whole := d.Kind == "photo" && (small == img || size.letter == "w")
		if whole { // the largest size is the photo itself; its blob is the document's
			t.W, t.H = d.Width, d.Height
			d.Thumbs = append(d.Thumbs, t)
			return nil
		}
		b, err := encodePicture(small)
		if err != nil {
			return err
		}
		if t.Blob, err = w.blobs.take(bytes.NewReader(b)); err != nil {
			return err
		}
		d.Thumbs = append(d.Thumbs, t)
		if d.Kind != "photo" {
			return nil
		}
	}
	return nil
}

// takePhoto draws or reads a photo. Every photo becomes a JPEG.
func (w *world) takePhoto(d *document) (image.Image, error) {
	if d.Source.Seed != nil {
		if d.Width <= 0 || d.Height <= 0 {
			d.Width, d.Height = 1280, 720
		}
		if err := checkSides(d.Width, d.Height); err != nil {
			return nil, err
		}
		img := drawPicture(*d.Source.Seed, d.Width, d.Height)
		return img, w.redraw(d, img)
	}
	img, isJPEG, err := w.readPicture(*d)
	if err != nil {
		return nil, err
	}
	d.Width, d.Height = img.Bounds().Dx(), img.Bounds().Dy()
	if isJPEG {
		return img, nil
	}
	return img, w.redraw(d, img)
}

// redraw makes a photo's bytes those of img as a JPEG.
func (w *world) redraw(d *document, img image.Image) error {
	b, err := encodePicture(img)
	if err != nil {
		return err
	}
	d.Blob, err = w.blobs.take(bytes.NewReader(b))
	d.Size = d.Blob.Size
	return err
}

func (w *world) readPicture(d document) (image.Image, bool, error) {
	c, err := w.content(d)
	if err != nil {
		return nil, false, err
	}
	if c.size > maxPhotoSize {
		return nil, false, refuse(400, "PHOTO_SAVE_FILE_INVALID")
	}
	b := make([]byte, c.size)
	if err := c.fill(b, 0); err != nil {
		return nil, false, err
	}
	return decodePicture(b)
}

// sizeContent is one size of the file's picture.
func (w *world) sizeContent(d document, letter string) (content, bool, error) {
	for _, t := range d.Thumbs {
		if t.Type != letter {
			continue
		}
		if t.Blob.SHA256 == "" {
			c, err := w.content(d)
			return c, true, err
		}
		return w.blobs.content(t.Blob), true, nil
	}
	return content{}, false, nil
}
