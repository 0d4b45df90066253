package server

import (
	"os"
	"path"
	"path/filepath"

	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/runtime"
)

// volumes words the volumes of the task's definition.
func (r *runner) volumes() (out []runtime.Volume) {
	for _, v := range r.t.definition.def.Volumes {
		out = append(out, r.volume(v))
	}
	return out
}

func (r *runner) volume(v types.Volume) runtime.Volume {
	out := runtime.Volume{Name: *v.Name, Kind: runtime.VolumeTask}
	switch d := v.DockerVolumeConfiguration; {
	case d != nil:
		out.Driver, out.DriverOpts, out.Labels = deref(d.Driver), d.DriverOpts, d.Labels
		if d.Scope == types.ScopeShared {
			out.Kind, out.Source, out.Autoprovision = runtime.VolumeShared, *v.Name, deref(d.Autoprovision)
		}
	case v.Host != nil && v.Host.SourcePath != nil:
		out.Kind, out.Source = runtime.VolumeBind, *v.Host.SourcePath
	case deref(v.ConfiguredAtLaunch):
		r.t.blockVolume(&out)
	default:
		if fs, ok := shareOf(v); ok {
			fs.standIn(&out, r.s.cfg.FileSystems)
		}
	}
	return out
}

// share is a directory of a file system of EFS or FSx.
type share struct {
	kind     string // in the words of the agent
	id, root string
	access   string // access point
}

// shareOf returns the file system of a volume, if it is on one.
func shareOf(v types.Volume) (share, bool) {
	if c := v.EfsVolumeConfiguration; c != nil {
		fs := share{kind: "EFS", id: deref(c.FileSystemId), root: deref(c.RootDirectory)}
		if a := c.AuthorizationConfig; a != nil {
			fs.access = deref(a.AccessPointId)
		}
		return fs, true
	}
	if c := v.FsxWindowsFileServerVolumeConfiguration; c != nil {
		return share{kind: "FSx", id: deref(c.FileSystemId), root: deref(c.RootDirectory)}, true
	}
	return share{}, false
}

// standIn puts the directory that was named for a file system in its place,
// or a volume that all tasks have together.
func (fs share) standIn(out *runtime.Volume, directories map[string]string) {
	if dir, ok := fs.directory(directories); ok {
		out.Kind, out.Source = runtime.VolumeBind, dir
		return
	}
	out.Kind, out.Source = runtime.VolumeKept, fs.id+fs.access
	if root := fs.path(); root != "/" {
		out.Source += root
	}
}

// directory is where a file system's directory is on this machine, if one was
// named for the file system.
func (fs share) directory(directories map[string]string) (string, bool) {
	dir, ok := directories[fs.id]
	return filepath.Join(dir, filepath.FromSlash(fs.path())), ok
}

// path is the root directory as a clean absolute path.
func (fs share) path() string {
	root := []byte(fs.root)
	for i, c := range root {
		if c == '\\' { // as Windows has it
			root[i] = '/'
		}
	}
	return path.Clean("/" + string(root))
}

// checkFileSystems fails if a file system has no such directory: it can't be
// mounted then.
func (r *runner) checkFileSystems() error {
	for _, v := range r.t.definition.def.Volumes {
		fs, ok := shareOf(v)
		if !ok {
			continue
		}
		dir, ok := fs.directory(r.s.cfg.FileSystems)
		if !ok {
			continue
		}
		if info, err := os.Stat(dir); err != nil || !info.IsDir() {
			return runtime.Errorf(runtime.ResourceInitialization, reasonMount, fs.kind, fs.kind, fs.id, fs.path(), fs.kind)
		}
	}
	return nil
}
