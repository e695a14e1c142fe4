package report

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"math"
	"slices"
	"strings"
	"time"
)

// A packer makes the ZIP archive that a workbook is. Package excelize hands the sheets
// over in an order that changes from time to time; the packer keeps each part,
// compressed, and writes them in order of their names, so that equal workbooks are
// equal bytes.
type packer struct {
	out   io.Writer
	parts []*packed
}

// packed is one file in the archive.
type packed struct {
	zip.FileHeader
	bytes bytes.Buffer
	flate *flate.Writer
}

// Create begins a file; the one before is whole.
func (p *packer) Create(name string) (io.Writer, error) {
	part := &packed{FileHeader: zip.FileHeader{Name: name, Method: zip.Deflate}}
	// The first moment that ZIP knows, as spreadsheets write it. CreateRaw does not look
	// at the field Modified.
	part.SetModTime(time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC))
	var err error
	if part.flate, err = flate.NewWriter(&part.bytes, flate.DefaultCompression); err != nil {
		return nil, fmt.Errorf("pack %s: %w", name, err)
	}
	p.parts = append(p.parts, part)
	return part, nil
}

func (p *packed) Write(b []byte) (int, error) {
	p.CRC32 = crc32.Update(p.CRC32, crc32.IEEETable, b)
	p.UncompressedSize64 += uint64(len(b))
	n, err := p.flate.Write(b)
	if err != nil {
		return n, fmt.Errorf("pack %s: %w", p.Name, err)
	}
	return n, nil
}

// AddFS is not needed by workbooks.
func (p *packer) AddFS(fs.FS) error { return errors.ErrUnsupported }

// Close writes the archive. The list of contents comes first, as programs expect that
// guess a file's type from its beginning.
func (p *packer) Close() error {
	slices.SortFunc(p.parts, func(a, b *packed) int { return strings.Compare(a.Name, b.Name) })
	w := zip.NewWriter(p.out)
	for _, part := range p.parts { // [Content_Types].xml sorts before all others
		if err := part.flate.Close(); err != nil {
			return fmt.Errorf("pack %s: %w", part.Name, err)
		}
		part.CompressedSize64 = uint64(part.bytes.Len()) //nolint:gosec // G115: a length is not negative
		if max(part.UncompressedSize64, part.CompressedSize64) > math.MaxUint32 {
			const dataDescriptor, version45 = 0x8, 45 // where sizes of 64 bits stand
			part.Flags |= dataDescriptor
			part.ReaderVersion = version45
		}
		file, err := w.CreateRaw(&part.FileHeader)
		if err == nil {
			_, err = part.bytes.WriteTo(file)
		}
		if err != nil {
			return fmt.Errorf("pack %s: %w", part.Name, err)
		}
	}
	if err := w.Close(); err != nil {
		return fmt.Errorf("pack: %w", err)
	}
	return nil
}
