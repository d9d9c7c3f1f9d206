namespace NoraPipelines.Plans;

/// <summary>Forms that texts of several keys have: a regular expression for the whole text, and how a message describes it.</summary>
internal static class Patterns
{
    public static readonly (string, string) ClassName =
        ("^[A-Za-z_][A-Za-z0-9_]*(\\.[A-Za-z_][A-Za-z0-9_]*)*$", "the full name of a class, such as MyProject.WordProblems");

    public static readonly (string, string) HubName =
        ("^([A-Za-z0-9][A-Za-z0-9._-]*/)?[A-Za-z0-9_][A-Za-z0-9._-]*$", "a repository, owner/name, such as meta-llama/Meta-Llama-3-8B");

    public static readonly (string, string) HubRevision =
        ("^[A-Za-z0-9][A-Za-z0-9._+-]*(/[A-Za-z0-9._+-]+)*$", "a branch, a tag or a commit, such as main");

    public static readonly (string, string) HubFile =
        ("^(?!.*(^|/)\\.{1,2}(/|$))[^/\\\\:]+(/[^/\\\\:]+)*$", "a path inside the repository, such as data/train.jsonl");

    public static readonly (string, string) HubSplit =
        ("^(?!.*(^|/)\\.{1,2}(/|$))[A-Za-z0-9._-]+(/[A-Za-z0-9._-]+)*$",
            "a split such as train, or main/train where several folders have it");

    public static readonly (string, string) VariantName = ("^[A-Za-z0-9][A-Za-z0-9_.+=-]{0,63}$",
        "letters, digits and - _ . + =, beginning with a letter or digit, 64 at most; it becomes a folder's name");
}
