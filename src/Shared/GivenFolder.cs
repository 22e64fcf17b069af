namespace MedR1;

/// <summary>Recognizes folders that are passed by mistake instead of the folder of a model or adapter.</summary>
internal static class GivenFolder
{
    private const string Permit = "Grant this program access, or give another folder.";

    // Matches the 32 digits in the name that CheckpointFolder gives to a folder that it replaces.
    private static readonly string Random = new('?', 32);

    // The files and folders that trainers write.
    private const string TrainerFile = "trainer.json";
    private const string ModelFolder = "model";
    private const string NewestFile = "latest";

    /// <summary>Describes a folder without a model and what to load instead; null if unknown.</summary>
    public static string? InsteadOfModel(string folder)
    {
        if (Trained(folder) is var (kind, trained))
        {
            return File.Exists(Path.Combine(trained, ModelFiles.AdapterConfiguration))
                ? $"'{folder}' is {kind} with an adapter: load the base model, then apply "
                    + $"'{trained}' with LoraPolicy.Load."
                : $"'{folder}' is {kind}: load its model, '{trained}'.";
        }

        return File.Exists(Path.Combine(folder, ModelFiles.AdapterConfiguration))
            ? $"'{folder}' is an adapter without its base model: load the base model, then apply the adapter "
                + "with LoraPolicy.Load."
            : null;
    }

    /// <summary>Describes a folder without an adapter and what to load instead; null if unknown.</summary>
    public static string? InsteadOfAdapter(string folder)
    {
        if (Trained(folder) is var (kind, trained))
        {
            return File.Exists(Path.Combine(trained, ModelFiles.AdapterConfiguration))
                ? $"It is {kind}: load its adapter, '{trained}'."
                : $"It is {kind} with a whole model: load '{trained}' as a model.";
        }

        return File.Exists(Path.Combine(folder, ModelFiles.Configuration)) ? "It is a whole model: load it as a model." : null;
    }

    /// <summary>
    /// Refuses to write a whole model into an adapter's folder: transformers with PEFT would read the adapter in its place.
    /// </summary>
    /// <exception cref="IOException">The folder holds an adapter.</exception>
    public static void RefuseAdapter(string folder)
    {
        if (File.Exists(Path.Combine(folder, ModelFiles.AdapterConfiguration)))
        {
            throw new IOException(
                $"'{folder}' holds an adapter ({ModelFiles.AdapterConfiguration}), which transformers with PEFT would read instead "
                + "of the model: give another folder, or delete the adapter first if it is no longer needed.");
        }
    }

    /// <summary>
    /// The reason why a folder isn't found, with advice: the program ended between the two moves that replace the folder, or access
    /// is denied, so that it is unknown whether the folder exists. Null if it is simply missing.
    /// </summary>
    public static (bool IsUnseen, string Why)? WhyMissing(string folder)
    {
        // If the folder is a link, its target is replaced, and the target's previous content is next to the target.
        string path = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        try
        {
            path = Target(path) ?? path;
        }
        catch (UnauthorizedAccessException exception)
        {
            return (true, $"{exception.Message} {Permit}");
        }

        try
        {
            return Replaced(path) is string old
                ? (false, $"A program ended while replacing it; its previous content is in '{old}': rename that folder.") : null;
        }
        catch (UnauthorizedAccessException exception)
        {
            return (false, $"Can't check for an earlier version next to it: {exception.Message} {Permit}");
        }
    }

    private static string? Replaced(string path)
    {
        string? beside = Path.GetDirectoryName(path);
        return Directory.Exists(beside)
            ? Directory.EnumerateDirectories(beside, $"{Path.GetFileName(path)}.{Random}.old").FirstOrDefault() : null;
    }

    private static string? Target(string path)
    {
        try
        {
            return new DirectoryInfo(path).ResolveLinkTarget(returnFinalTarget: true)?.FullName;
        }
        catch (IOException)
        {
            // A circular link is not a folder, and is reported as such.
            return null;
        }
    }

    private static (string Kind, string Trained)? Trained(string folder)
    {
        if (File.Exists(Path.Combine(folder, TrainerFile)))
            return Existing("a training checkpoint", folder);
        string newest = Path.Combine(folder, NewestFile);
        return File.Exists(newest)
            ? Existing("the output folder of a training run", Path.Combine(folder, File.ReadAllText(newest).Trim()))
            : null;
    }

    private static (string Kind, string Trained)? Existing(string kind, string checkpoint)
    {
        string trained = Path.Combine(checkpoint, ModelFolder);
        return Directory.Exists(trained) ? (kind, trained) : null;
    }
}
