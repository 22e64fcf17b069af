namespace MedR1.Datasets;

/// <summary>Creates examples from rows and counts missing texts and images.</summary>
internal sealed class RowConverter(TableOptions options)
{
    private static readonly string[] s_id = ["id", "question_id", "qid"];
    private static readonly string[] s_images = ["images", "image", "image_path"];
    private static readonly string[] s_fileName = ["file_name"];
    private static readonly string[] s_question = ["question", "problem"];
    private static readonly string[] s_options = ["options", "choices"];
    private static readonly string[] s_answer = ["solution", "answer", "label"];
    private static readonly string[] s_modality = ["modality", "modality_type"];
    private static readonly string[] s_questionType = ["question_type"];
    private static readonly string[] s_dataset = ["dataset"];
    private readonly ExampleColumns _columns = options.Columns;
    private readonly UnreadImages _unread = new();
    private MissingImageCounter? _images;
    private TableRow? _withoutImages;
    private bool _hasImages;

    public int MissingTexts { get; private set; }

    public MissingImages MissingImages => _images?.Result ?? MissingImages.None;

    public void ThrowIfNotAllowed() => _images?.ThrowIfNotAllowed();

    /// <summary>
    /// Throws if no row had a column of images, although an image folder was given or an unused column contains nothing but images:
    /// the model would be asked about images that it does not see.
    /// </summary>
    /// <exception cref="DatasetException">The table's images would not be read.</exception>
    public void ThrowIfBlind()
    {
        if (_hasImages || _columns.Images == ExampleColumns.None || _withoutImages is not { } row)
        {
            return;
        }

        if (_unread.Found is var (column, image))
        {
            throw DatasetException.AtRow(
                row.FilePath, row.Index,
                $"no image column, but '{column}' contains images such as '{image}', which a model would not see. "
                + $"Set Columns.Images to \"{column}\", or to \"\" for questions without images.");
        }

        if (options.ImageRoot is not null)
        {
            throw DatasetException.AtRow(
                row.FilePath, row.Index,
                $"no image column, although ImageRoot is '{options.ImageRoot}'; the columns are "
                + $"{string.Join(", ", row.Cells.Keys)}. Set Columns.Images, or leave out ImageRoot for questions "
                + "without images.");
        }
    }

    /// <summary>The example, or null if the row is to be left out.</summary>
    public VqaExample? Convert(TableRow written)
    {
        TableRow row = StructureColumns.Flatten(written);
        RowCells cells = new(row);
        string? questionColumn = cells.Find(_columns.Question, s_question);
        string? answerColumn = cells.Find(_columns.Answer, s_answer);
        string? question = cells.Text(questionColumn);
        string? answer = cells.Answer(answerColumn, options.AnswerSeparator);
        if ((question is null || answer is null) && !KeepsWithoutText(row, question is null ? "question" : "answer"))
        {
            return null;
        }

        string? optionsColumn = cells.Find(_columns.Options, s_options);
        ChoiceText choice = ChoiceText.Read(
            question ?? "", optionsColumn is null ? null : cells.Texts(optionsColumn), optionsColumn is not null, answer);
        if (choice.Options.Count > 0 && answer is not null && choice.AnswerIndex is null)
        {
            throw cells.Fault(
                answerColumn!,
                $"'{answer}' is none of the options {string.Join(" | ", choice.Options)}. Write the option's letter or its "
                + "text; a number is ambiguous, as it could count from 0 or from 1.");
        }

        string? imageColumn = _columns.Images == ExampleColumns.None
            ? null : cells.Find(_columns.Images, s_images) ?? cells.FindImageName(s_fileName);
        // Recorded even if the row is left out because its images are missing.
        _hasImages |= imageColumn is not null;
        List<string> paths = [];
        string root = options.RootOf(row);
        IImageSource[] images = imageColumn is null ? [] : cells.Images(imageColumn, root, paths);
        _images ??= MissingImageCounter.OfTable(root, options.MissingImages);
        if (!_images.Keeps([.. paths]))
        {
            return null;
        }

        string? id = cells.Find(_columns.Id, s_id);
        string? modality = cells.Find(_columns.Modality, s_modality);
        string? questionType = cells.Find(_columns.QuestionType, s_questionType);
        string? dataset = cells.Find(_columns.Dataset, s_dataset);
        if (!_hasImages)
        {
            _withoutImages ??= row;
            _unread.Look(row, [id, questionColumn, optionsColumn, answerColumn, modality, questionType, dataset]);
        }

        Dictionary<string, string> metadata = cells.Others(
            [id, imageColumn, questionColumn, optionsColumn, answerColumn, modality, questionType, dataset]);
        string answerText = choice.AnswerText ?? "";
        KeepIfChanged(metadata, questionColumn, question, choice.Question);
        KeepIfChanged(metadata, answerColumn, answer, answerText);
        return new VqaExample
        {
            Id = cells.Text(id) ?? $"{Path.GetFileName(row.FilePath)}/{row.Index}",
            Question = choice.Question,
            Options = choice.Options,
            Answer = answerText,
            AnswerIndex = choice.AnswerIndex,
            Images = images,
            Modality = cells.Text(modality) is string named ? ModalityNames.Find(named) : null,
            QuestionType = cells.Text(questionType) is string type ? new QuestionType(type) : null,
            Dataset = cells.Text(dataset),
            Metadata = metadata,
        };
    }

    private static void KeepIfChanged(
        Dictionary<string, string> metadata, string? column, string? written, string read)
    {
        if (column is not null && written is not null && written != read)
        {
            metadata[column] = written;
        }
    }

    private bool KeepsWithoutText(TableRow row, string what)
    {
        MissingTexts++;
        return options.MissingTexts == MissingTextHandling.Throw
            ? throw DatasetException.AtField(
                row.FilePath, row.Index, what,
                $"the row has no {what}; its columns are {string.Join(", ", row.Cells.Keys)}. Set the column in "
                + "Columns, or set MissingTexts to Skip or Keep.")
            : options.MissingTexts == MissingTextHandling.Keep;
    }
}
