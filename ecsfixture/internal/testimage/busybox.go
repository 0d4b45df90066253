// Package testimage makes images for tests out of what the machine has, so
// that no registry is needed.
package testimage

import (
	"archive/tar"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"

	"github.com/moby/moby/client"
)

const (
	busyboxName   = "ecsfixture-busybox:test"
	busyboxBinary = "/bin/busybox"
	contentLabel  = "ecsfixture.content"
	// busyboxLayout changes when the files around the binary do.
	busyboxLayout = "1"
)

var busyboxOnce = sync.OnceValue(importBusybox)

// Busybox returns the name of an image with all of the machine's static
// busybox in it, with the users root and nobody. The engine keeps it.
func Busybox(t testing.TB) string {
	t.Helper()
	if err := busyboxOnce(); err != nil {
		t.Fatal(err)
	}
	return busyboxName
}

func importBusybox() error {
	binary, err := os.ReadFile(busyboxBinary)
	if err != nil {
		return fmt.Errorf("the test image needs a static %s: run \"apt-get install busybox-static\" (%w)", busyboxBinary, err)
	}
	cli, err := client.New(client.FromEnv)
	if err != nil {
		return fmt.Errorf("no Docker engine for the test image: start Docker or set DOCKER_HOST (%w)", err)
	}
	defer cli.Close()
	sum := sha256.Sum256(append(binary, busyboxLayout...))
	return importOnce(context.Background(), cli, binary, hex.EncodeToString(sum[:]))
}

func importOnce(ctx context.Context, cli *client.Client, binary []byte, content string) error {
	img, err := cli.ImageInspect(ctx, busyboxName)
	if err == nil && img.Config != nil && img.Config.Labels[contentLabel] == content {
		return nil
	}
	if client.IsErrConnectionFailed(err) {
		return fmt.Errorf("no Docker engine for the test image: start Docker or set DOCKER_HOST (%w)", err)
	}
	root, err := busyboxRoot(binary)
	if err != nil {
		return err
	}
	res, err := cli.ImageImport(ctx, client.ImageImportSource{Source: root, SourceName: "-"}, busyboxName,
		client.ImageImportOptions{Changes: []string{
			"ENV PATH=/bin", `CMD ["sh"]`, "LABEL " + contentLabel + "=" + content,
		}})
	if err != nil {
		return err
	}
	defer res.Close()
	_, err = io.Copy(io.Discard, res)
	return err
}

// busyboxRoot is the root file system as a tar archive.
func busyboxRoot(binary []byte) (io.Reader, error) {
	applets, err := exec.Command(busyboxBinary, "--list").Output()
	if err != nil {
		return nil, err
	}
	var buf bytes.Buffer
	w := tar.NewWriter(&buf)
	for _, dir := range []tar.Header{{Name: "bin/", Mode: 0o755}, {Name: "etc/", Mode: 0o755}, {Name: "root/", Mode: 0o700}, {Name: "tmp/", Mode: 0o1777}} {
		dir.Typeflag = tar.TypeDir
		add(w, dir, nil)
	}
	add(w, tar.Header{Name: "bin/busybox", Mode: 0o755}, binary)
	add(w, tar.Header{Name: "etc/passwd", Mode: 0o644}, []byte("root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/false\n"))
	add(w, tar.Header{Name: "etc/group", Mode: 0o644}, []byte("root:x:0:\nnogroup:x:65534:\n"))
	for applet := range strings.FieldsSeq(string(applets)) {
		if applet != "busybox" {
			add(w, tar.Header{Name: "bin/" + applet, Typeflag: tar.TypeSymlink, Linkname: "busybox", Mode: 0o777}, nil)
		}
	}
	return &buf, w.Close()
}

// add leaves errors to w.Close, which repeats the first.
func add(w *tar.Writer, h tar.Header, content []byte) {
	h.Size = int64(len(content))
	if h.Typeflag == 0 {
		h.Typeflag = tar.TypeReg
	}
	if w.WriteHeader(&h) == nil {
		_, _ = w.Write(content)
	}
}
