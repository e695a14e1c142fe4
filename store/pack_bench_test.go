package store

import (
	"testing"

	"github.com/idpsnap/idpsnap/snapshot"
	"github.com/idpsnap/idpsnap/store/storetest"
)

// documents are those of 100,000 users, and how many bytes they have.
func documents(b *testing.B) (all []snapshot.Document, total int64) {
	b.Helper()
	for _, c := range storetest.NewPopulation(100_000, 0).Collections {
		for _, e := range c.Elements {
			d, err := snapshot.NewDocument(e.JSON)
			if err != nil {
				b.Fatal(err)
			}
			all = append(all, d)
			total += int64(len(d))
		}
	}
	return all, total
}

// pack packs the documents and waits for all blocks.
func pack(b *testing.B, all []snapshot.Document) (blocks []*block, packed int) {
	b.Helper()
	var p packer
	for _, d := range all {
		p.add(d)
	}
	p.flush()
	for _, block := range p.full {
		if <-block.done; block.err != nil {
			b.Fatal(block.err)
		}
		packed += len(block.data)
	}
	return p.full, packed
}

func BenchmarkPack(b *testing.B) {
	all, total := documents(b)
	b.SetBytes(total)
	b.ReportAllocs()
	packed := 0
	for b.Loop() {
		_, packed = pack(b, all)
	}
	b.ReportMetric(float64(packed)/1e6, "MB")
}

func BenchmarkUnpack(b *testing.B) {
	all, total := documents(b)
	blocks, _ := pack(b, all)
	b.SetBytes(total)
	b.ReportAllocs()
	var to []byte
	for b.Loop() {
		for i, block := range blocks {
			var err error
			if to, err = unpackBlock(int64(i), block.data, block.size, to); err != nil {
				b.Fatal(err)
			}
		}
	}
}
