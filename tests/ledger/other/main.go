// A verifier that nobody here wrote: Go's own transparency log packages read our static files.
package main

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

type proof struct {
	Index int64
	Leaf  string
	Path  []string
}

type question struct {
	Folder string
	Vkey   string
	Proofs []proof
	// An earlier tree of the same log, and our proof that the present one continues it.
	OldSize     int64
	OldRoot     string
	Consistency []string
}

type files struct{ folder string }

func (f files) Height() int { return 8 }

func (f files) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var found [][]byte
	for _, t := range tiles {
		// C2SP leaves the height out of the path.
		path := strings.Replace(t.Path(), "tile/8/", "tile/", 1)
		data, err := os.ReadFile(filepath.Join(f.folder, path))
		if err != nil {
			return nil, err
		}
		found = append(found, data)
	}
	return found, nil
}

func (f files) SaveTiles([]tlog.Tile, [][]byte) {}

func check(err error, what string) {
	if err != nil {
		fmt.Fprintf(os.Stderr, "%s: %v\n", what, err)
		os.Exit(1)
	}
}

func hash(text string) (h tlog.Hash) {
	data, err := hex.DecodeString(text)
	check(err, "hex")
	copy(h[:], data)
	return h
}

func hashes(texts []string) (found []tlog.Hash) {
	for _, text := range texts {
		found = append(found, hash(text))
	}
	return found
}

func main() {
	var q question
	check(json.NewDecoder(os.Stdin).Decode(&q), "question")
	verifier, err := note.NewVerifier(q.Vkey)
	check(err, "key")
	signed, err := os.ReadFile(filepath.Join(q.Folder, "checkpoint"))
	check(err, "checkpoint")
	opened, err := note.Open(signed, note.VerifierList(verifier))
	check(err, "signature")
	lines := strings.Split(opened.Text, "\n")
	var tree tlog.Tree
	_, err = fmt.Sscan(lines[1], &tree.N)
	check(err, "size")
	root, err := base64.StdEncoding.DecodeString(lines[2])
	check(err, "root")
	copy(tree.Hash[:], root)
	reader := tlog.TileHashReader(tree, files{q.Folder})
	for _, p := range q.Proofs {
		check(tlog.CheckRecord(hashes(p.Path), tree.N, tree.Hash, p.Index, hash(p.Leaf)), "our proof")
		theirs, err := tlog.ProveRecord(tree.N, p.Index, reader)
		check(err, "proof from tiles")
		check(tlog.CheckRecord(theirs, tree.N, tree.Hash, p.Index, hash(p.Leaf)), "their proof")
	}
	check(tlog.CheckTree(hashes(q.Consistency), tree.N, tree.Hash, q.OldSize, hash(q.OldRoot)), "consistency")
	fmt.Println(tree.N, len(q.Proofs))
}
