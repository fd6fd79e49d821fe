package io.gangway.it.canaries;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** WsgiDAV: a folder over WebDAV (RFC 4918), with names beyond ASCII. */
@OnServers({CanaryServer.JETTY, CanaryServer.TOMCAT, CanaryServer.WAR_PROGRAM})
final class WsgiDavIT extends CanaryTest {
    /** "Häfen", and in it "Kräne & Böte.txt". */
    private static final String FOLDER = "/H%C3%A4fen";

    private static final String FILE = FOLDER + "/Kr%C3%A4ne%20%26%20B%C3%B6te.txt";
    private static final String LOCK =
            "<lockinfo xmlns='DAV:'><lockscope><exclusive/></lockscope><locktype><write/></locktype><owner>mate</owner></lockinfo>";

    private @Nullable Path shared;

    /** One worker: WsgiDAV keeps locks in the memory of a process unless it is told otherwise. */
    WsgiDavIT() {
        super(Canary.of("wsgidav", "dav:application").with("gangway.workers", "1"));
    }

    @Override
    Canary prepare(Canary plain, CanaryServer on) throws IOException {
        shared = Places.empty(Places.target().resolve("canaries-dav-" + on.name()));
        return plain.with("gangway.env.DAV_FOLDER", shared.toString())
                .with("gangway.env.DAV_MOUNT", plain.contextPath());
    }

    @Test
    void carries_a_folders_whole_life() throws Exception {
        Client client = client();
        byte[] content = Bytes.pseudoRandom(200_000);
        dav(client, "MKCOL", FOLDER).status(201);
        dav(client, "MKCOL", FOLDER).status(405);
        client.send("PUT", FILE, BodyPublishers.ofByteArray(content)).status(201);
        assertThat(Files.readAllBytes(shared().resolve("Häfen/Kräne & Böte.txt")))
                .isEqualTo(content);
        client.send("PUT", FILE, BodyPublishers.ofByteArray(content)).status(204);

        dav(client, "PROPFIND", FOLDER, "Depth", "1")
                .status(207)
                .contains(
                        "<ns0:href>" + client.mount() + FOLDER + "/</ns0:href>",
                        client.mount() + "/H%C3%A4fen/Kr%C3%A4ne%20%26%20B%C3%B6te.txt",
                        "getcontentlength>200000</");
        client.get(FILE).status(200).header("Content-Length", "200000").body(content);
        client.get(FILE, "Range", "bytes=1000-1999")
                .status(206)
                .header("Content-Range", "bytes 1000-1999/200000")
                .body(Arrays.copyOfRange(content, 1000, 2000));
        client.send("HEAD", FILE, BodyPublishers.noBody())
                .status(200)
                .header("Content-Length", "200000")
                .body("");

        String copy = FOLDER + "/Kopie%20%C3%9F.txt";
        dav(client, "COPY", FILE, "Destination", client.base() + copy).status(201);
        dav(client, "COPY", FILE, "Destination", client.base() + copy, "Overwrite", "F")
                .status(412);
        String moved = "/Werft%20%E2%9A%93";
        dav(client, "MOVE", FOLDER, "Destination", client.base() + moved).status(201);
        dav(client, "PROPFIND", FOLDER, "Depth", "0").status(404);
        client.get(moved + "/Kopie%20%C3%9F.txt").status(200).body(content);
        client.get(moved + "/").status(200).contains("Kopie ß.txt");
        dav(client, "DELETE", moved).status(204);
        assertThat(shared().resolve("Werft ⚓")).doesNotExist();
    }

    @Test
    void locks_and_unlocks() throws Exception {
        Client client = client();
        String file = "/L%C3%B6schboot.txt";
        client.send("PUT", file, BodyPublishers.ofString("eins")).status(201);
        Reply locked = client.send("LOCK", file, BodyPublishers.ofString(LOCK), "Timeout", "Second-60", "Depth", "0")
                .status(200)
                .contains("lockdiscovery");
        String token = locked.header("Lock-Token");
        client.send("PUT", file, BodyPublishers.ofString("zwei")).status(423);
        client.send("PUT", file, BodyPublishers.ofString("zwei"), "If", "(" + token + ")")
                .status(204);
        client.send("LOCK", file, BodyPublishers.noBody(), "If", "(" + token + ")", "Timeout", "Second-30")
                .status(200);
        dav(client, "DELETE", file).status(423);
        dav(client, "UNLOCK", file, "Lock-Token", token).status(204);
        dav(client, "DELETE", file).status(204);
        assertThat(shared().resolve("Löschboot.txt")).doesNotExist();
    }

    @Test
    void keeps_properties() throws Exception {
        Client client = client();
        client.send("PUT", "/a.txt", BodyPublishers.ofString("a")).status(201);
        String set =
                "<propertyupdate xmlns='DAV:'><set><prop><berth xmlns='urn:quay'>Süd 3</berth></prop></set></propertyupdate>";
        client.send("PROPPATCH", "/a.txt", BodyPublishers.ofString(set, UTF_8), "Content-Type", "application/xml")
                .status(207)
                .contains("200 OK");
        String ask = "<propfind xmlns='DAV:'><prop><berth xmlns='urn:quay'/></prop></propfind>";
        client.send("PROPFIND", "/a.txt", BodyPublishers.ofString(ask), "Depth", "0", "Content-Type", "application/xml")
                .status(207)
                .contains("Süd 3");
    }

    @Test
    void tells_what_it_can() throws Exception {
        dav(client(), "OPTIONS", "/")
                .status(200)
                .headerMatches("DAV", "1,2.*")
                .headerMatches("Allow", ".*PROPFIND.*LOCK.*");
        dav(client(), "DELETE", "/nothing").status(404);
        client().send("PUT", "/no/such/folder.txt", BodyPublishers.ofString("x"))
                .status(409);
    }

    private static Reply dav(Client client, String method, String path, String... headers)
            throws IOException, InterruptedException {
        return client.send(method, path, BodyPublishers.noBody(), headers);
    }

    private Path shared() {
        return Objects.requireNonNull(shared);
    }
}
