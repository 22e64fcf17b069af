namespace MedR1.Datasets;

/// <summary>
/// The meaning of a table's columns. For a column that is not given, the first of its usual names that the row has is used. A value in a
/// structure is the column <c>structure.field</c>, such as <c>reward_model.ground_truth</c>.
/// </summary>
public sealed record ExampleColumns
{
    /// <summary>The column of ids.</summary>
    /// <value>The default is the first of <c>id</c>, <c>question_id</c>, <c>qid</c>, else the file's name and the row's index.</value>
    public string? Id { get; init; }

    internal const string None = "";

    /// <summary>
    /// The column of images: one or a list of them. An empty string says that there are no images, whatever the columns contain;
    /// without it, a table is rejected if no row has this column and an unused column contains nothing but images.
    /// </summary>
    /// <value>
    /// The default is the first of <c>images</c>, <c>image</c>, <c>image_path</c>, else <c>file_name</c> (of the Hugging Face hub's
    /// image folders) if it ends like the name of an image file.
    /// </value>
    public string? Images { get; init; }

    /// <summary>The column of questions.</summary>
    /// <value>The default is the first of <c>question</c>, <c>problem</c>.</value>
    public string? Question { get; init; }

    /// <summary>The column of options: a list of texts.</summary>
    /// <value>The default is the first of <c>options</c>, <c>choices</c>.</value>
    public string? Options { get; init; }

    /// <summary>
    /// The column of answers: a letter or a text, in answer tags or without, or a list, of which <see cref="TableOptions.AnswerSeparator"/>
    /// says what becomes of it.
    /// </summary>
    /// <value>The default is the first of <c>solution</c>, <c>answer</c>, <c>label</c>.</value>
    public string? Answer { get; init; }

    /// <summary>The column of modalities.</summary>
    /// <value>The default is the first of <c>modality</c>, <c>modality_type</c>.</value>
    public string? Modality { get; init; }

    /// <summary>The column of question types.</summary>
    /// <value>The default is <c>question_type</c>.</value>
    public string? QuestionType { get; init; }

    /// <summary>The column of data set names.</summary>
    /// <value>The default is <c>dataset</c>.</value>
    public string? Dataset { get; init; }
}
