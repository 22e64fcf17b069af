using Apache.Arrow;
using Apache.Arrow.Ipc;
using MedR1.TestSupport;

namespace MedR1.Datasets.Arrow.Tests;

/// <summary>Makes folders like those of save_to_disk.</summary>
internal static class SavedBatches
{
    /// <summary>A batch of one row with a question and an answer, to which a test adds columns.</summary>
    public static RecordBatch.Builder Row() => new RecordBatch.Builder()
        .Append("question", true, new StringArray.Builder().Append("Which?").Build())
        .Append("answer", true, new StringArray.Builder().Append("CT").Build());

    /// <summary>Writes a data set of one batch.</summary>
    public static void Write(this TemporaryFolder folder, RecordBatch batch)
    {
        folder.Write("state.json", """{"_data_files": [{"filename": "a.arrow"}], "_indices_data_files": null}""");
        folder.Write(batch, "a.arrow");
    }

    /// <summary>Writes a stream of one batch.</summary>
    public static void Write(this TemporaryFolder folder, RecordBatch batch, string file)
    {
        using FileStream stream = File.Create(Path.Combine(folder.Path, file));
        using ArrowStreamWriter writer = new(stream, batch.Schema);
        writer.WriteRecordBatch(batch);
        writer.WriteEnd();
    }
}
