package io.carafe.engine.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.carafe.engine.command.Callers;
import io.carafe.engine.command.Invocation;
import io.carafe.sandbox.spec.Spec.IdMapping;
import io.carafe.sandbox.spec.Spec.Mount;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MountWordsTest {
    private static final Invocation ME = Callers.of();

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/src:/dst             | /src        /dst   rbind,rprivate",
                "/src:/dst:ro          | /src        /dst   rbind,rro,rprivate",
                "/src:/dst:ro,rw       | /src        /dst   rbind,rprivate",
                "/src:/dst:bind,ro     | /src        /dst   bind,ro,rprivate",
                "/src:/dst:noexec,nosuid,rslave | /src /dst  rbind,noexec,nosuid,rslave",
                "/src:/dst:idmap,ro    | /src        /dst   rbind,rro,idmap,rprivate",
                "/src:/dst:ridmap=uids=0-1-2;gids=0-3-4#4-9-1 | /src /dst rbind,ridmap,rprivate 0:1:2 / 0:3:4 4:9:1",
                "./data:/dst           | /home/me/data /dst rbind,rprivate",
                ".:/dst                | /home/me    /dst   rbind,rprivate",
                "../x:/dst/../a//b/    | /home/me/../x /a/b rbind,rprivate",
                "sub/dir:/dst          | /home/me/sub/dir /dst rbind,rprivate",
                "/s:/d:O,upperdir=/u,workdir=w,nosuid | /s /d nosuid,upperdir=/u,workdir=/home/me/w",
                "data:/dst             | data        /dst",
                "data:/dst:ro,nocopy,U,noexec | data /dst   ro,volume-nocopy,volume-owned,noexec",
                "/data                 | /data",
            })
    void volumes(String words, String mount) {
        assertThat(line(MountWords.volume(words, ME))).isEqualTo(mount.replaceAll(" +", " "));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "data              | invalid path 'data': it needs to be an absolute path",
                "-data:/dst        | no volume can be called '-data': letters, digits, _ . and -, the first a letter or digit, at most 200; a directory of this machine has a slash in it, as ./-data",
                "data:/dst:O       | O is for a directory of this machine: a volume keeps what is written",
                "data:/dst:shared  | unknown volume option: 'shared'",
                "data:/            | invalid mount path: '/': that is what the image is for",
                ":/dst             | invalid volume specification: ':/dst'; write it as SRC:DST[:OPTIONS]",
                "/src:             | invalid volume specification: '/src:'; write it as SRC:DST[:OPTIONS]",
                "/a:/b:ro:x        | invalid volume specification: '/a:/b:ro:x'; write it as SRC:DST[:OPTIONS]",
                "/src:dst          | invalid path 'dst': it needs to be an absolute path",
                "/a:/b:O,ro        | what is written over is not read-only: ro or O",
                "/a:/b:O,upperdir=/u | upperdir and workdir go together",
                "/a:/b:upperdir=/u | upperdir and workdir are options of an overlay: say O too",
                "/src:/            | invalid mount path: '/': that is what the image is for",
                "/src:/dst/..      | invalid mount path: '/': that is what the image is for",
                "/src:/dst:z       | SELinux labels are not there yet: z",
                "/src:/dst:nocopy  | nocopy is for a volume: nothing is copied into /src",
                "/src:/dst:U       | U is for a volume: a directory of this machine keeps its owners; idmap shows them as others",
                "/src:/dst:idmap=uids=0-1-2 | idmap needs both uids and gids",
                "/src:/dst:idmap=  | invalid id mapping ''; write it as idmap=uids=0-1000-10;gids=0-1000-10",
                "/src:/dst:idmap=uids=@0-1-2;gids=0-1-2 | an id mapping relative to the box's is not there yet: @0-1-2",
                "/src:/dst:idmap=uids=0-1;gids=0-1-2 | invalid id mapping '0-1'; write it as 0-1000-10",
                "/src:/dst:idmap=uids=0--1-2;gids=0-1-2 | invalid id mapping '0--1-2'; write it as 0-1000-10",
                "/src:/dst:fast    | unknown volume option: 'fast'",
                "/src:/dst:        | unknown volume option: ''",
            })
    void noVolumes(String words, String problem) {
        assertThatThrownBy(() -> MountWords.volume(words, ME)).hasMessage(problem);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "type=bind,src=/src,dst=/dst                       | /src /dst rbind,rprivate",
                "type=bind,source=rel,target=/dst,readonly         | /home/me/rel /dst rbind,rro,rprivate",
                "type=bind,src=/src,destination=/dst,ro=false      | /src /dst rbind,rprivate",
                "type=bind,src=/src,dst=/dst,bind-nonrecursive,ro  | /src /dst bind,ro,rprivate",
                "type=bind,src=/s,dst=/d,ro,bind-recursive=writable | /s /d rbind,ro,rprivate",
                "type=bind,src=/s,dst=/d,bind-propagation=rshared  | /s /d rbind,rshared",
                "type=bind,\"src=/a,b\",dst=/d                     | /a,b /d rbind,rprivate",
                "type=tmpfs,dst=/d                                 | tmpfs /d nosuid,nodev,noexec",
                "src=a,dst=/d                                      | a /d",
                "type=volume,dst=/d                                | /d",
                "src=a,dst=/d,ro,volume-nocopy,volume-subpath=b/c  | a /d volume-nocopy,volume-subpath=b/c,ro",
                "src=a,dst=/d,U,volume-label=x=y,volume-opt=o=bind | a /d volume-owned,volume-label=x=y,volume-opt=o=bind",
                "type=tmpfs,dst=/d,tmpfs-size=1m,tmpfs-mode=1770,ro | tmpfs /d nosuid,nodev,noexec,size=1048576,mode=1770,ro",
            })
    void mounts(String words, String mount) {
        assertThat(line(MountWords.mount(words, ME))).isEqualTo(mount);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "type=volume,src=/s,dst=/d     | no volume can be called '/s': letters, digits, _ . and -, the first a letter or digit, at most 200; a directory of this machine has a slash in it, as .//s",
                "src=a,dst=/d,volume-subpath=../x | subpath ../x leads out of the volume",
                "src=a,dst=/d,volume-subpath=/x | subpath '/x' is no path in the volume: write it as a/b",
                "src=a,dst=/d,volume-driver=nfs | volume driver nfs is not there: it is local",
                "type=bind,src=/s,dst=/d,volume-nocopy | cannot mix 'volume-nocopy' with mount type 'bind'",
                "type=image,dst=/d             | mount type image is not there yet",
                "type=foo,dst=/d               | unknown mount type: 'foo'",
                "type=bind,dst=/d              | field source must not be empty",
                "type=bind,src=/s              | target is required",
                "type=tmpfs,src=/s,dst=/d      | a tmpfs has no source",
                "type=bind,src=/s,dst=/d,x     | invalid field 'x' must be a key=value pair",
                "type=bind,src=/s,dst=/d,x=y   | unexpected key 'x' in 'x=y'",
                "type=bind,src=/s,dst=/d,ro=x  | 'x' is neither true nor false",
                "type=bind,src=/s,dst=/d,tmpfs-size=1m | cannot mix 'tmpfs-size' with mount type 'bind'",
                "type=tmpfs,dst=/d,bind-propagation=shared | cannot mix 'bind-propagation' with mount type 'tmpfs'",
                "type=bind,src=/s,dst=/d,bind-propagation=x | invalid propagation: 'x'",
                "type=tmpfs,dst=/d,tmpfs-mode=x | invalid tmpfs option: 'mode=x'",
                "type=bind,\"src=/s            | a quote isn't closed: type=bind,\"src=/s",
            })
    void noMounts(String words, String problem) {
        assertThatThrownBy(() -> MountWords.mount(words, ME)).hasMessage(problem);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/run                      | tmpfs /run nosuid,nodev,noexec",
                "/run:size=64m,mode=755    | tmpfs /run nosuid,nodev,noexec,size=64m,mode=755",
                "/run:exec,size=50%        | tmpfs /run nosuid,nodev,size=50%",
                "/run:exec,noexec,ro       | tmpfs /run nosuid,nodev,noexec,ro",
            })
    void tmpfs(String words, String mount) {
        assertThat(line(MountWords.tmpfs(words))).isEqualTo(mount);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "run                 | invalid path 'run': it needs to be an absolute path",
                "/run:size           | invalid tmpfs option: 'size'",
                "/run:size=1x        | invalid tmpfs option: 'size=1x'",
                "/run:mode=999       | invalid tmpfs option: 'mode=999'",
                "/run:lowerdir=/     | unknown tmpfs option: 'lowerdir=/'",
            })
    void noTmpfs(String words, String problem) {
        assertThatThrownBy(() -> MountWords.tmpfs(words)).hasMessage(problem);
    }

    private static String line(Mount mount) {
        return (mount.source() + " " + mount.destination() + " " + String.join(",", mount.options())).strip()
                + (mount.hasMappings() ? maps(mount.uidMappings()) + " /" + maps(mount.gidMappings()) : "");
    }

    private static String maps(List<IdMapping> maps) {
        var words = new StringBuilder();
        for (IdMapping map : maps) {
            words.append(" " + map.containerID() + ":" + map.hostID() + ":" + map.size());
        }
        return words.toString();
    }
}
