package testmongo;

import de.bwaldvogel.mongo.MongoBackend;
import de.bwaldvogel.mongo.MongoServer;
import de.bwaldvogel.mongo.MongoVersion;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;

/**
 * Serves the MongoDB protocol on a port of the loopback interface until its standard input ends, which happens
 * when the process that started it closes it, exits or is killed.
 *
 * <p>Arguments: {@code memory PORT} or {@code file PORT FILE}; port 0 takes a free one. The first line on standard
 * output is {@code listening PORT}.
 */
public final class TestMongo {

    private TestMongo() {}

    public static void main(String[] arguments) throws IOException {
        int port = Integer.parseInt(arguments[1]);
        MongoBackend backend = arguments[0].equals("file") ? new FileBackend(arguments[2]) : new LookupMemoryBackend();
        MongoServer server = new MongoServer(backend.version(new Version()));
        // mongo-java-server replies with the stored documents themselves and encodes them after it gave up the
        // collection's lock. One worker thread makes a reply a snapshot, as mongod's is.
        server.bind(new InetSocketAddress("127.0.0.1", port), 1, 1);

        System.out.println("listening " + server.getLocalAddress().getPort());
        System.out.flush();
        while (System.in.read() != -1) {
            // Nothing is said on this stream; only its end counts.
        }
        // Every answered write is in the file by now. An orderly shutdown would take netty two seconds more.
        Runtime.getRuntime().halt(0);
    }

    /** mongo-java-server's own versions stop at wire version 8; the driver needs 9 (MongoDB 4.4) or more. */
    private static final class Version implements MongoVersion {
        @Override
        public List<Integer> getVersionArray() {
            return List.of(5, 0, 0);
        }

        @Override
        public int getWireVersion() {
            return 13;
        }
    }
}
