using System.Collections;

namespace MedR1.Datasets;

/// <summary>
/// Conversations with images in the usual layouts, recognized item by item: LLaVA's <c>conversations</c> of
/// <c>{"from", "value"}</c> with <c>image</c> (one path, a list, or none), ShareGPT's <c>messages</c> of <c>{"role", "content"}</c> with
/// <c>images</c>, and TRL's, which are the same or have <c>prompt</c> and perhaps <c>completion</c> in place of <c>messages</c>. Each
/// <c>&lt;image&gt;</c> in a text stands for the next image; the single line break that separates it from the adjacent text is removed
/// with it. A content that is a list of parts has parts <c>{"type": "image"}</c> instead. The images of texts without any mark stand
/// before the first question. A content that is a number or a list of numbers, as in VLM-R1's files, is taken as written.
/// </summary>
/// <remarks>Safe to read from several threads at once. Images are not opened until they are read.</remarks>
public sealed class ConversationDataset : IReadOnlyList<Conversation>
{
    private readonly Conversation[] _conversations;

    private ConversationDataset(string name, List<Conversation> conversations, MissingImages missingImages)
    {
        Name = name;
        _conversations = [.. conversations];
        MissingImages = missingImages;
    }

    /// <summary>The file's name without its extension.</summary>
    public string Name { get; }

    /// <inheritdoc/>
    public int Count => _conversations.Length;

    /// <summary>The images that were not on disk.</summary>
    public MissingImages MissingImages { get; }

    /// <inheritdoc/>
    public Conversation this[int index] => _conversations[index];

    /// <summary>Reads a file and checks that its images exist, without opening them.</summary>
    /// <param name="file">The file: a JSON array, or JSON Lines.</param>
    /// <param name="imageRoot">The folder that paths in the file are relative to.</param>
    /// <param name="options">Loading options.</param>
    /// <param name="cancellationToken">Cancels the loading.</param>
    /// <exception cref="DatasetException">The file, an item or an image is missing or invalid.</exception>
    public static ConversationDataset Load(
        string file, string imageRoot, ConversationOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(file);
        ArgumentNullException.ThrowIfNull(imageRoot);
        MissingImageCounter missing = new(imageRoot, (options ?? new ConversationOptions()).MissingImages);
        string name = Path.GetFileNameWithoutExtension(file);
        List<Conversation> conversations = [];
        foreach (JsonItem item in JsonItems.ReadArrayOrLines(file))
        {
            cancellationToken.ThrowIfCancellationRequested();
            string[] paths = item.RelativePaths(item.Has("images") ? "images" : "image");
            IImageSource[] images = [.. paths.Select(path => new FileImageSource(Path.Combine(imageRoot, path)))];
            Conversation conversation = new(
                item.Has("id") ? item.TextOrNumber("id") : $"{name}/{item.Index}",
                ConversationItem.Messages(item, images))
            {
                Metadata = ConversationItem.Metadata(item),
            };
            if (missing.Keeps(paths))
            {
                conversations.Add(conversation);
            }
        }

        missing.ThrowIfNotAllowed();
        return new ConversationDataset(name, conversations, missing.Result);
    }

    /// <summary>
    /// Creates conversations from the rows of a table whose cells are lists of dictionaries, in the layouts above; the package
    /// <c>MedR1.Datasets.Parquet</c> loads its rows into it.
    /// </summary>
    /// <param name="name">The data set's name.</param>
    /// <param name="rows">The rows in order.</param>
    /// <param name="options">How to read them; of the columns, only <c>Id</c> and <c>Images</c> are used.</param>
    /// <param name="cancellationToken">Cancels the loading.</param>
    /// <exception cref="DatasetException">A row or an image is missing or invalid.</exception>
    public static ConversationDataset Load(
        string name, IEnumerable<TableRow> rows, TableOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(rows);
        ConversationRows converter = new(options ?? new TableOptions());
        List<Conversation> conversations = rows.ConvertAll(converter.Convert, cancellationToken);
        converter.ThrowIfNotAllowed();
        return new ConversationDataset(name, conversations, converter.MissingImages);
    }

    /// <summary>The first question and answer of each conversation that has them, as a data set.</summary>
    public IVqaDataset ToExamples() =>
        new InMemoryDataset(Name, _conversations.Select(one => one.ToExample()).OfType<VqaExample>());

    /// <inheritdoc/>
    public IEnumerator<Conversation> GetEnumerator() => ((IEnumerable<Conversation>)_conversations).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
