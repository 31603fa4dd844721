package testmongo;

import de.bwaldvogel.mongo.MongoCollection;
import de.bwaldvogel.mongo.MongoDatabase;
import de.bwaldvogel.mongo.backend.CollectionOptions;
import de.bwaldvogel.mongo.backend.CursorRegistry;
import de.bwaldvogel.mongo.backend.QueryResult;
import de.bwaldvogel.mongo.backend.h2.H2Backend;
import de.bwaldvogel.mongo.backend.h2.H2Collection;
import de.bwaldvogel.mongo.backend.h2.H2Database;
import de.bwaldvogel.mongo.bson.Document;
import de.bwaldvogel.mongo.wire.message.MongoMessage;
import java.util.Set;
import org.h2.mvstore.MVMap;
import org.h2.mvstore.MVStore;

/**
 * Keeps everything in one file. Every write is in the file before it is answered, as {@code j: true} asks for; H2's
 * own rule, once a second, would lose acknowledged writes to a kill -9.
 */
final class FileBackend extends H2Backend {

    private static final Set<String> READS =
            Set.of("find", "getMore", "killCursors", "aggregate", "count", "distinct", "ping", "ismaster", "buildinfo",
                    "hello", "listIndexes", "listCollections", "listDatabases", "serverStatus", "endSessions");

    FileBackend(String file) {
        super(new MVStore.Builder().fileName(file).autoCommitDisabled().open());
    }

    @Override
    public Document handleMessage(MongoMessage message) {
        Document reply = super.handleMessage(message);
        if (!READS.contains(message.getDocument().keySet().iterator().next())) {
            commit();
        }
        return reply;
    }

    @Override
    protected MongoDatabase openOrCreateDatabase(String databaseName) {
        return new LookupDatabase(databaseName, getCursorRegistry());
    }

    /** Not static: its superclass's constructor opens collections, before a field of its own could be set. */
    private final class LookupDatabase extends H2Database {
        LookupDatabase(String databaseName, CursorRegistry cursors) {
            super(databaseName, getMvStore(), cursors);
        }

        @Override
        protected MongoCollection<Object> openOrCreateCollection(String collectionName, CollectionOptions options) {
            String namespace = getFullCollectionNamespace(collectionName);
            // The map names are those of H2Database, which drops and renames them.
            MVMap<Object, Document> data = getMvStore().openMap("databases." + namespace);
            MVMap<String, Object> meta = getMvStore().openMap("meta." + namespace);
            return new LookupCollection(this, collectionName, options, data, meta, cursorRegistry);
        }
    }

    private static final class LookupCollection extends H2Collection {
        LookupCollection(
                MongoDatabase database,
                String name,
                CollectionOptions options,
                MVMap<Object, Document> data,
                MVMap<String, Object> meta,
                CursorRegistry cursors) {
            super(database, name, options, data, meta, cursors);
        }

        @Override
        protected QueryResult queryDocuments(
                Document query, Document orderBy, int skip, int limit, int batchSize, Document fields) {
            Iterable<Object> positions = IdLookup.positions(getIndexes(), query);
            return positions == null
                    ? super.queryDocuments(query, orderBy, skip, limit, batchSize, fields)
                    : matchDocuments(query, positions, orderBy, skip, limit, batchSize, fields);
        }
    }
}
